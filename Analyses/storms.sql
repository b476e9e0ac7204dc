-- Which interrupts came most often within one millisecond?
SELECT intid, class, pe, acknowledged_ns / 1000000 AS millisecond, count(*) AS acknowledged
FROM interrupts
WHERE acknowledged_ns IS NOT NULL
GROUP BY domain, pe, intid, millisecond
ORDER BY acknowledged DESC, millisecond
LIMIT 20;
