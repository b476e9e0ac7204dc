-- Which hosts have interrupts that are stuck, and in what share of their captures?
SELECT s.host, count(DISTINCT s.capture) AS captures, count(DISTINCT f.capture) AS stuck_captures,
  min(f.capture) AS first_capture
FROM summary s
LEFT JOIN findings f ON f.capture = s.capture AND f.kind IN ('stuck-pending', 'stuck-active')
GROUP BY s.host
HAVING count(DISTINCT f.capture) > 0
ORDER BY stuck_captures DESC, s.host;
