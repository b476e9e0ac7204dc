-- Which devices' messages wait longest for their handler?
SELECT printf('0x%x', i.device_id) AS device, count(*) AS messages,
  avg(s.duration_ns) / 1e3 AS mean_us, max(s.duration_ns) / 1e3 AS max_us
FROM stages s JOIN interrupts i ON i.id = s.interrupt
WHERE s.stage = 'pending_to_acknowledge' AND i.device_id IS NOT NULL
GROUP BY i.device_id
ORDER BY max_us DESC;
