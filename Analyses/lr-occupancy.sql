-- What share of the time that the virtual CPU interface is enabled is each number of list registers in use?
SELECT domain, pe, in_use, enabled_ns / 1e3 AS time_us,
  100.0 * enabled_ns / max(1, sum(enabled_ns) OVER (PARTITION BY domain, pe)) AS percent, entries
FROM lr_use
ORDER BY domain, pe, in_use;
