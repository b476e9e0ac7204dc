-- Which messages did the ITS not deliver, and why?
SELECT printf('0x%x', device_id) AS device, event_id, fault, count(*) AS messages,
  min(time_ns) / 1e9 AS first_s, max(time_ns) / 1e9 AS last_s, min(event) AS first_event
FROM translations
WHERE fault IS NOT NULL
GROUP BY domain, device_id, event_id, fault
ORDER BY messages DESC;
