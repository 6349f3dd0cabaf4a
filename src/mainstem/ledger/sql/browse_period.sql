-- Step: all parts of effort of some days, whatever a query picks of them later. Unit: parts.
-- Result: part, one row per item, target and team. Needs: effort, attribution; $unit, $first, $last.
CREATE OR REPLACE TEMP TABLE part AS
WITH spent AS (
  SELECT item, team, CAST(sum(amount) AS BIGINT) AS amount, max(day) AS last
  FROM effort WHERE unit = $unit AND day >= $first AND day <= $last
  GROUP BY item, team
), whole AS (
  SELECT item, CAST(sum(amount) AS BIGINT) AS amount, max(last) AS last FROM spent GROUP BY item
)
SELECT p.item, p.team, coalesce(a.target, 0) AS target, CAST(coalesce(a.rank, 6) AS TINYINT) AS rank,
  coalesce(a.reason, 0) AS reason, CAST(coalesce(a.share, 10000) AS SMALLINT) AS share,
  p.amount * coalesce(a.share, 10000) AS parts, p.last - DATE '1970-01-01' AS last,
  w.amount AS whole, w.last - DATE '1970-01-01' AS whole_last
FROM spent p
JOIN whole w ON w.item = p.item
LEFT JOIN attribution a ON a.item = p.item
WHERE p.amount > 0
