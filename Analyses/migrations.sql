-- Which shared interrupts did more than one PE handle?
SELECT intid, class, count(DISTINCT pe) AS pes, sum(count) AS acknowledged
FROM acknowledges
WHERE class IN ('SPI', 'LPI')
GROUP BY domain, intid
HAVING pes > 1
ORDER BY acknowledged DESC;
