-- Step: the roll-up of the months that a difference touches, with the difference applied.
-- Needs: rollup (of these months), difference. Both have one row per day, team, target and unit.
SELECT r.day, r.team, r.target, r.unit, r.amount + coalesce(d.amount, 0) AS amount, r.month
FROM rollup r LEFT JOIN difference d
  ON d.month = r.month AND d.day = r.day AND d.team = r.team AND d.target = r.target AND d.unit = r.unit
WHERE r.amount + coalesce(d.amount, 0) <> 0
UNION ALL
SELECT d.day, d.team, d.target, d.unit, d.amount, d.month
FROM difference d ANTI JOIN rollup r
  ON d.month = r.month AND d.day = r.day AND d.team = r.team AND d.target = r.target AND d.unit = r.unit
