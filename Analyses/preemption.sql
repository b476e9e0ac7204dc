-- Which interrupts were acknowledged while another was being handled on the same PE, and which one was that?
WITH served AS (
  SELECT id, domain, pe, intid, priority, acknowledged_event, ended_event, acknowledged_ns,
    lag(id) OVER earlier AS outer_id, lag(ended_event) OVER earlier AS outer_end
  FROM interrupts
  WHERE acknowledged_event IS NOT NULL AND ended_event IS NOT NULL
  WINDOW earlier AS (PARTITION BY domain, pe ORDER BY acknowledged_event)
)
SELECT inside.acknowledged_ns / 1e9 AS time_s, inside.pe, inside.intid, inside.priority,
  outside.intid AS preempted_intid, outside.priority AS preempted_priority
FROM served inside JOIN interrupts outside ON outside.id = inside.outer_id
WHERE inside.acknowledged_event < inside.outer_end
ORDER BY inside.acknowledged_event
LIMIT 1000;
