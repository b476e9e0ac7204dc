-- How long does each stage of an interrupt's life take, by class? In microseconds; percentiles to three digits.
SELECT class, stage, count,
  min_ns / 1e3 AS min_us, p50_ns / 1e3 AS p50_us, p90_ns / 1e3 AS p90_us, p99_ns / 1e3 AS p99_us,
  p999_ns / 1e3 AS p999_us, max_ns / 1e3 AS max_us
FROM latency
ORDER BY stage, class;
