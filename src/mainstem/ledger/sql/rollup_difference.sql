-- Step: what the roll-up must change by, for items whose attribution moved. Whole numbers, so exact.
-- Needs: effort, moved, old_attribution, attribution, done_month.
CREATE OR REPLACE TEMP TABLE moved_effort AS
SELECT item, day, team, unit, sum(amount) AS amount
FROM effort SEMI JOIN moved USING (item) ANTI JOIN done_month USING (month)
GROUP BY item, day, team, unit
--;
CREATE OR REPLACE TEMP TABLE difference AS
SELECT day, team, target, unit, CAST(sum(amount) AS BIGINT) AS amount, strftime(day, '%Y-%m') AS month FROM (
  SELECT e.day, e.team, coalesce(a.target, 0) AS target, e.unit, e.amount * coalesce(a.share, 10000) AS amount
  FROM moved_effort e LEFT JOIN attribution a ON a.item = e.item
  UNION ALL
  SELECT e.day, e.team, coalesce(a.target, 0), e.unit, -e.amount * coalesce(a.share, 10000)
  FROM moved_effort e LEFT JOIN old_attribution a ON a.item = e.item
)
GROUP BY day, team, target, unit HAVING sum(amount) <> 0
