-- Since which kernel is a p99 worse than under the kernel before it, by more than 10 % and by more than 10 µs?
WITH sums AS (
  SELECT label_kernel, virtual, class, stage, upper_ns, sum(samples) AS samples, max(max_ns) AS max_ns
  FROM buckets WHERE label_kernel IS NOT NULL GROUP BY label_kernel, virtual, class, stage, upper_ns
), ranks AS (
  SELECT label_kernel, virtual, class, stage, upper_ns,
    sum(samples) OVER (PARTITION BY label_kernel, virtual, class, stage ORDER BY upper_ns) AS seen,
    sum(samples) OVER (PARTITION BY label_kernel, virtual, class, stage) AS total,
    max(max_ns) OVER (PARTITION BY label_kernel, virtual, class, stage) AS greatest
  FROM sums
), percentiles AS (
  SELECT label_kernel, virtual, class, stage, max(total) AS samples,
    CAST(min(CASE WHEN seen * 100 >= 99 * total THEN least(upper_ns, greatest) END) AS BIGINT) AS p99_ns
  FROM ranks GROUP BY label_kernel, virtual, class, stage
), pairs AS (
  SELECT label_kernel, virtual, class, stage, samples, p99_ns,
    lag(label_kernel) OVER (PARTITION BY virtual, class, stage ORDER BY label_kernel) AS kernel_before,
    lag(p99_ns) OVER (PARTITION BY virtual, class, stage ORDER BY label_kernel) AS p99_before_ns
  FROM percentiles
)
SELECT label_kernel, kernel_before, virtual, class, stage, CAST(samples AS BIGINT) AS samples, p99_before_ns, p99_ns,
  p99_ns - p99_before_ns AS slower_ns
FROM pairs
WHERE p99_ns - p99_before_ns > 10000 AND p99_ns * 10 > p99_before_ns * 11
ORDER BY slower_ns DESC, label_kernel, virtual, class, stage;
