-- Why were guests left, how often for an interrupt, and for how long?
SELECT domain AS guest, cause, exits, 100.0 * exits / sum(exits) OVER (PARTITION BY domain) AS percent,
  interrupt_related, p50_ns / 1e3 AS away_p50_us, p99_ns / 1e3 AS away_p99_us, max_ns / 1e3 AS away_max_us
FROM guest_exits
ORDER BY domain, exits DESC;
