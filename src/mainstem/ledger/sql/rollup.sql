-- Question: effort by day, team, target and unit. Unit: parts (millionths x ten-thousandths).
-- Grain: one row per day, team, target, unit. An item without attribution is wholly unknown (target 0).
SELECT e.day, e.team, coalesce(a.target, 0) AS target, e.unit,
  CAST(sum(e.amount * coalesce(a.share, 10000)) AS BIGINT) AS amount
FROM effort e LEFT JOIN attribution a ON a.item = e.item
GROUP BY e.day, e.team, coalesce(a.target, 0), e.unit
