-- How many acknowledges returned no interrupt, by kernel, for a million that did?
SELECT label_kernel, count(*) AS captures, CAST(sum(acknowledges) AS BIGINT) AS acknowledges,
  CAST(sum(spurious_acknowledges) AS BIGINT) AS spurious,
  round(sum(spurious_acknowledges) * 1000000.0 / sum(acknowledges), 1) AS per_million
FROM summary
GROUP BY label_kernel
HAVING sum(acknowledges) > 0
ORDER BY per_million DESC, label_kernel;
