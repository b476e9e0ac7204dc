-- What share of the time is each number of list registers in use?
SELECT domain, pe, in_use, sum(end_ns - start_ns) / 1e3 AS time_us,
  100.0 * sum(end_ns - start_ns) / max(1, sum(sum(end_ns - start_ns)) OVER (PARTITION BY domain, pe)) AS percent
FROM lr_occupancy
GROUP BY domain, pe, in_use
ORDER BY domain, pe, in_use;
