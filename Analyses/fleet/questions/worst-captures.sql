-- Which captures have the slowest interrupts, from becoming pending to the end?
SELECT capture, host, label_kernel, class, CAST(count AS BIGINT) AS samples, CAST(p99_ns AS BIGINT) AS p99_ns,
  CAST(max_ns AS BIGINT) AS max_ns
FROM latency
WHERE stage = 'injection_to_eoi' AND NOT virtual AND count > 0
ORDER BY p99_ns DESC, capture, class
LIMIT 20;
