-- Question: which items with effort does nothing speak for? Unit: parts of the asked unit.
-- Grain: one row per item, most effort first. Who did the work is not asked for.
-- Needs: items, attribution, effort, sources(no, name); $unit, $most items.
WITH spent AS (
  SELECT item, arg_max(team, amount) AS team, min(first) AS first, sum(amount) AS amount FROM (
    SELECT item, team, CAST(sum(amount) AS BIGINT) AS amount, min(day) AS first
    FROM effort WHERE unit = $unit AND item > 0 GROUP BY item, team)
  GROUP BY item
)
SELECT i.item, i.key, s.name, coalesce(i.title, ''), coalesce(i.type, ''), coalesce(i.project, ''), i.labels,
  i.components, i.paths[1:48], coalesce(i.epic, i.parent, ''), x.team,
  coalesce(i.created::DATE, x.first) AS day, CAST(x.amount * 10000 AS BIGINT) AS parts
FROM spent x
JOIN items i USING (item)
LEFT JOIN sources s ON s.no = i.source
WHERE i.title <> '' AND i.key <> ''
  AND i.item NOT IN (SELECT item FROM attribution WHERE target <> 0)
ORDER BY x.amount DESC, i.item LIMIT $most
