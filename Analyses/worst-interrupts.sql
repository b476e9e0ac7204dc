-- Which interrupts took longest from injection to end, and at which events? `gicscope state --at '#EVENT'` shows the
-- controller there.
SELECT i.intid, i.class, i.pe, s.duration_ns / 1e3 AS total_us,
  (i.acknowledged_ns - i.pending_ns) / 1e3 AS waited_us, (i.ended_ns - i.acknowledged_ns) / 1e3 AS handled_us,
  i.pending_ns / 1e9 AS pending_s, i.pending_event, i.acknowledged_event, i.ended_event
FROM stages s JOIN interrupts i ON i.id = s.interrupt
WHERE s.stage = 'injection_to_eoi'
ORDER BY s.duration_ns DESC, i.id
LIMIT 20;
