-- Why did acknowledges find no interrupt?
SELECT reason, pe, intid, sum(count) AS times
FROM spurious
GROUP BY domain, reason, pe, intid
ORDER BY times DESC;
