-- Are interrupts spread over the PEs?
SELECT domain, pe, sum(count) AS acknowledged,
  sum(CASE class WHEN 'SGI' THEN count ELSE 0 END) AS sgi, sum(CASE class WHEN 'PPI' THEN count ELSE 0 END) AS ppi,
  sum(CASE class WHEN 'SPI' THEN count ELSE 0 END) AS spi, sum(CASE class WHEN 'LPI' THEN count ELSE 0 END) AS lpi
FROM acknowledges
GROUP BY domain, pe
ORDER BY domain, pe;
