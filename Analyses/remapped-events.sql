-- Which device events were mapped to several LPIs, or mapped again and again?
SELECT printf('0x%x', device_id) AS device, event_id, count(*) AS mappings, count(DISTINCT intid) AS intids
FROM mappings
WHERE mapped = 1
GROUP BY domain, device_id, event_id
HAVING count(*) > 1
ORDER BY mappings DESC;
