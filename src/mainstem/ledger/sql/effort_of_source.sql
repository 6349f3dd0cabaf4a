-- Question: how much effort did a source bring that still counts? Unit: micro-units of each unit.
-- Grain: one row per unit, and one with unit 0 for all of them.
-- Needs: records, names; $source is the source's name.
SELECT coalesce(r.unit, 0) AS unit, count(*) AS rows, count(DISTINCT nullif(r.item, 0)) AS items,
  CAST(coalesce(sum(r.amount), 0) AS BIGINT) AS amount
FROM records r
WHERE r.source = (SELECT no FROM names WHERE kind = 'source' AND name = $source)
GROUP BY ROLLUP (r.unit)
ORDER BY 1
