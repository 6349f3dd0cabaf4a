-- Step: effort that nothing speaks for, by item, team and month. Unit: parts.
-- Needs: effort, attribution, calendar, scope. Result: unknown_part(item, team, month, amount).
CREATE OR REPLACE TEMP TABLE unknown_part AS
SELECT e.item, e.team, strftime(e.day, '%Y-%m') AS month,
  CAST(sum(e.amount * coalesce(a.share, 10000)) AS BIGINT) AS amount
FROM effort e
JOIN calendar c ON c.day = e.day
JOIN scope s ON s.team = e.team
LEFT JOIN attribution a ON a.item = e.item
WHERE e.unit = $unit AND coalesce(a.target, 0) = 0
GROUP BY e.item, e.team, strftime(e.day, '%Y-%m')
