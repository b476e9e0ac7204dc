-- How many list registers does each type of guest use, and how often did an interrupt find none?
WITH used AS (
  SELECT label_guest, CAST(sum(entries) AS BIGINT) AS entries,
    CAST(max(CASE WHEN entries > 0 THEN used END) AS BIGINT) AS most, CAST(sum(used * entries) AS BIGINT) AS weighted
  FROM registers_used GROUP BY label_guest
), waits AS (
  SELECT label_guest, count(*) AS guests, CAST(sum(waited_for_register) AS BIGINT) AS waited,
    CAST(sum(entries_with_overflow) AS BIGINT) AS overflowed
  FROM guests WHERE domain IS NOT NULL GROUP BY label_guest
)
SELECT w.label_guest, w.guests, u.entries, u.most, round(u.weighted / u.entries, 4) AS mean_used, w.waited, w.overflowed
FROM waits w LEFT JOIN used u ON coalesce(u.label_guest, '') = coalesce(w.label_guest, '')
ORDER BY w.overflowed DESC, w.label_guest;
