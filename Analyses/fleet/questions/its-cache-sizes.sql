-- How many of the fleet's ITS look-ups would miss a fully associative cache of each size?
WITH sizes AS (
  SELECT 1 AS size UNION ALL SELECT 4 UNION ALL SELECT 16 UNION ALL SELECT 64 UNION ALL SELECT 256 UNION ALL SELECT 1024
    UNION ALL SELECT 4096
), look_ups AS (
  SELECT capture, domain, its, name, max(misses) AS look_ups FROM its_caches WHERE name IS NOT NULL
  GROUP BY capture, domain, its, name
), missed AS (
  SELECT c.capture, c.domain, c.its, c.name, s.size, min(c.misses) AS misses
  FROM its_caches c JOIN sizes s ON c.entries <= s.size GROUP BY c.capture, c.domain, c.its, c.name, s.size
)
SELECT m.name, m.size, CAST(sum(l.look_ups) AS BIGINT) AS look_ups, CAST(sum(m.misses) AS BIGINT) AS misses
FROM missed m
JOIN look_ups l ON l.capture = m.capture AND l.domain = m.domain AND l.its = m.its AND l.name = m.name
GROUP BY m.name, m.size
ORDER BY m.name, m.size;
