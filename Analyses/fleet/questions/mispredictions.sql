-- In which captures did the model predict something else than the capture shows, so that its results are to be doubted?
SELECT gicscope_version, capture, controller, CAST(agreed AS BIGINT) AS agreed, CAST(disagreed AS BIGINT) AS disagreed
FROM summary
WHERE disagreed > 0
ORDER BY disagreed DESC, capture
LIMIT 50;
