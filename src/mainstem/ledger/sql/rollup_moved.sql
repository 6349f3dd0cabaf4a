-- Step: the roll-up of the months that a difference touches, with the difference applied.
SELECT day, team, target, unit, CAST(sum(amount) AS BIGINT) AS amount, month FROM (
  SELECT day, team, target, unit, amount, month FROM rollup WHERE month IN (SELECT month FROM difference)
  UNION ALL SELECT day, team, target, unit, amount, month FROM difference
)
GROUP BY day, team, target, unit, month HAVING sum(amount) <> 0
