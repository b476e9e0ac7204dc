-- What share of an ITS's look-ups would caches of real shapes miss, and what share can no cache answer?
SELECT c.its, c.name AS cache, c.shape, c.entries, c.ways, c.look_ups, c.misses,
  100.0 * c.misses / max(1, c.look_ups) AS percent, 100.0 * t.compulsory_misses / max(1, t.look_ups) AS never_less
FROM its_caches c JOIN its_tables t ON t.domain = c.domain AND t.its = c.its AND t.name = c.name
ORDER BY c.domain, c.its, c.name, c.entries;
