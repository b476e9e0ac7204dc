-- Which interrupts were withdrawn, acknowledged again before their end, or left pending or active?
SELECT outcome, intid, class, pe, count(*) AS times,
  min(coalesce(pending_ns, acknowledged_ns)) / 1e9 AS first_s, max(coalesce(pending_ns, acknowledged_ns)) / 1e9 AS last_s
FROM interrupts
WHERE outcome <> 'ended'
GROUP BY outcome, domain, pe, intid
ORDER BY outcome, times DESC;
