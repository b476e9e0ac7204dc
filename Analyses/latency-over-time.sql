-- Does latency change over the capture? A hundred equal spans of time.
WITH span AS (SELECT first_ns AS start, max(1, (last_ns - first_ns) / 100) AS width FROM trace)
SELECT (s.start_ns - span.start) / span.width AS span, min(s.start_ns) / 1e9 AS from_s, count(*) AS interrupts,
  avg(s.duration_ns) / 1e3 AS mean_us, max(s.duration_ns) / 1e3 AS max_us
FROM stages s, span
WHERE s.stage = 'injection_to_eoi'
GROUP BY 1
ORDER BY 1;
