-- What went wrong, with the chain of conditions that explains it? The worst first.
SELECT f.severity, f.kind, f.certainty, f.intid, f.pe, f.count, f.first_ns / 1e9 AS first_s, f.first_event, f.summary,
  (SELECT group_concat(text, '; ') FROM (SELECT text FROM finding_conditions WHERE finding = f.id ORDER BY place)) AS why
FROM findings f
ORDER BY CASE f.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, f.id;
