-- Question: because of what does effort count where it counts? Unit: parts.
-- Grain: one row per team cell, target column, rank of the precedence and reason (of claims only).
-- Needs: effort, attribution, calendar(day, period), scope(team, cell), place(target, place).
SELECT s.cell, p.place, coalesce(a.rank, 6) AS rank,
  CASE WHEN a.rank = 3 THEN coalesce(a.reason, 0) ELSE 0 END AS reason,
  CAST(sum(e.amount * coalesce(a.share, 10000)) AS BIGINT) AS amount
FROM effort e
JOIN calendar c ON c.day = e.day
JOIN scope s ON s.team = e.team
LEFT JOIN attribution a ON a.item = e.item
JOIN place p ON p.target = coalesce(a.target, 0)
WHERE e.unit = $unit
GROUP BY s.cell, p.place, coalesce(a.rank, 6), CASE WHEN a.rank = 3 THEN coalesce(a.reason, 0) ELSE 0 END
ORDER BY s.cell, p.place, rank, reason
