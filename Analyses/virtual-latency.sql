-- How long do guests' interrupts take, from the physical one to the guest's end? In microseconds.
SELECT class, stage, count, min_ns / 1e3 AS min_us, p50_ns / 1e3 AS p50_us, p99_ns / 1e3 AS p99_us, max_ns / 1e3 AS max_us
FROM virtual_latency
ORDER BY stage, class;
