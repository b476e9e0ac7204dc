-- Why were guests left, by type of guest, and how many of these exits were for interrupts?
SELECT label_guest, cause, interrupt_related, CAST(sum(exits) AS BIGINT) AS exits, CAST(max(max_ns) AS BIGINT) AS max_ns
FROM guest_exits
WHERE cause IS NOT NULL
GROUP BY label_guest, cause, interrupt_related
ORDER BY label_guest, exits DESC, cause;
