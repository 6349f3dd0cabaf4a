-- Question: of which items is known what nearly all of them was for, and because of what? Unit: items.
-- Grain: one row per item, the newest first. Who did the work is not asked for.
-- Needs: items, attribution, effort, sources(no, name); $least in parts of 10,000, $most items.
WITH clear AS (
  SELECT item, target, min(rank) AS rank, arg_min(reason, rank) AS reason
  FROM attribution WHERE target <> 0
  GROUP BY item, target HAVING sum(share) >= $least
), spent AS (
  SELECT item, arg_max(team, amount) AS team, min(first) AS first FROM (
    SELECT item, team, sum(amount) AS amount, min(day) AS first
    FROM effort SEMI JOIN clear USING (item) WHERE unit <> 5 GROUP BY item, team)
  GROUP BY item
)
SELECT i.item, i.key, s.name, coalesce(i.title, ''), coalesce(i.type, ''), coalesce(i.project, ''), i.labels,
  i.components, i.paths[1:48], coalesce(i.epic, i.parent, ''), x.team,
  coalesce(i.created::DATE, x.first, i.done::DATE) AS day, c.target, c.rank, c.reason
FROM clear c
JOIN items i USING (item)
LEFT JOIN spent x USING (item)
LEFT JOIN sources s ON s.no = i.source
WHERE i.fields['gone'] IS NULL AND coalesce(i.created::DATE, x.first, i.done::DATE) IS NOT NULL
ORDER BY day DESC, i.key, i.item LIMIT $most
