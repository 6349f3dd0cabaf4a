-- Step: the parts of effort that a query of work picks. Unit: parts. Result: picked, one row per item,
-- team and target. Needs: effort, attribution, items; $unit, $first, $last; its last line stands
-- for the condition of the query, whose values are parameters too.
CREATE OR REPLACE TEMP TABLE picked AS
WITH spent AS (
  SELECT item, team, CAST(sum(amount) AS BIGINT) AS amount, max(day) AS last
  FROM effort WHERE unit = $unit AND day >= $first AND day <= $last
  GROUP BY item, team
), whole AS (
  SELECT item, sum(amount) AS amount, max(last) AS last FROM spent GROUP BY item
)
SELECT p.item, p.team, coalesce(a.target, 0) AS target, coalesce(a.rank, 6) AS rank,
  coalesce(a.reason, 0) AS reason, coalesce(a.share, 10000) AS share,
  p.amount * coalesce(a.share, 10000) AS parts, p.last
FROM spent p
LEFT JOIN attribution a ON a.item = p.item
LEFT JOIN whole w ON w.item = p.item
LEFT JOIN items i ON i.item = p.item
WHERE p.amount > 0
AND true
