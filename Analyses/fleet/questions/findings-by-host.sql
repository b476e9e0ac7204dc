-- Which kinds of findings does each host show, in how many captures, and since which kernel?
SELECT host, severity, kind, count(DISTINCT capture) AS captures, count(*) AS findings,
  CAST(sum(count) AS BIGINT) AS occurrences, min(label_kernel) AS since_kernel
FROM findings
WHERE kind IS NOT NULL AND severity <> 'note'
GROUP BY host, severity, kind
ORDER BY captures DESC, host, severity, kind;
