-- Where did edges or messages come while their interrupt was pending, so that two became one?
SELECT intid, class, count(*) AS interrupts, sum(merged) AS merged, max(merged) AS most_in_one
FROM interrupts
GROUP BY domain, intid
HAVING sum(merged) > 0
ORDER BY sum(merged) DESC;
