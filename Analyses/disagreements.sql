-- Where do the model and the capture disagree? No row is good news.
SELECT register, kind, agreed, disagreed, taught
FROM predictions
WHERE disagreed > 0
ORDER BY disagreed DESC;
