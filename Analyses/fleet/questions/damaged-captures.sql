-- Which captures could not be analysed as a whole, and how many are there for each host?
SELECT host, capture, error, CAST(events AS BIGINT) AS events, count(*) OVER (PARTITION BY host) AS of_host
FROM summary
WHERE error IS NOT NULL
ORDER BY host, capture;
