-- How long did interrupts of each class take under each kernel, over the whole fleet?
WITH sums AS (
  SELECT label_kernel, virtual, class, stage, upper_ns, sum(samples) AS samples,
    min(min_ns) AS min_ns, max(max_ns) AS max_ns
  FROM buckets GROUP BY label_kernel, virtual, class, stage, upper_ns
), ranks AS (
  SELECT label_kernel, virtual, class, stage, upper_ns, samples,
    sum(samples) OVER (PARTITION BY label_kernel, virtual, class, stage ORDER BY upper_ns) AS seen,
    sum(samples) OVER (PARTITION BY label_kernel, virtual, class, stage) AS total,
    min(min_ns) OVER (PARTITION BY label_kernel, virtual, class, stage) AS least,
    max(max_ns) OVER (PARTITION BY label_kernel, virtual, class, stage) AS greatest
  FROM sums
)
SELECT label_kernel, virtual, class, stage, CAST(max(total) AS BIGINT) AS samples,
  CAST(greatest(min(CASE WHEN seen * 100 >= 50 * total THEN least(upper_ns, greatest) END), min(least)) AS BIGINT)
    AS p50_ns,
  CAST(greatest(min(CASE WHEN seen * 100 >= 99 * total THEN least(upper_ns, greatest) END), min(least)) AS BIGINT)
    AS p99_ns,
  CAST(greatest(min(CASE WHEN seen * 1000 >= 999 * total THEN least(upper_ns, greatest) END), min(least)) AS BIGINT)
    AS p999_ns,
  CAST(max(greatest) AS BIGINT) AS max_ns
FROM ranks
GROUP BY label_kernel, virtual, class, stage
ORDER BY label_kernel, virtual, class, stage;
