-- Question: what counts other work for that shares the same? Unit: parts.
-- Grain: one row per lump and target. Needs: effort, attribution, items, calendar, wanted(lump, kind, value); $unit.
WITH spent AS (
  SELECT e.item, CAST(sum(e.amount) AS BIGINT) AS amount
  FROM effort e JOIN calendar c ON c.day = e.day WHERE e.unit = $unit AND e.item > 0 GROUP BY e.item
), u AS (
  SELECT i.* FROM items i SEMI JOIN spent USING (item)
), raw AS (
  SELECT item, 'component' AS kind, unnest(components) AS value FROM u
  UNION ALL SELECT item, 'label', unnest(labels) FROM u
  UNION ALL SELECT item, 'project', project FROM u
  UNION ALL SELECT item, 'epic', epic FROM u
  UNION ALL SELECT item, 'parent', parent FROM u
  UNION ALL SELECT item, 'type', type FROM u
  UNION ALL SELECT item, 'path', '/' || split_part(p, '/', 1) || '/' FROM (
    SELECT item, unnest(paths) AS p FROM u) WHERE contains(p, '/')
  UNION ALL SELECT item, 'path', '/' || split_part(p, '/', 1) || '/' || split_part(p, '/', 2) || '/' FROM (
    SELECT item, unnest(paths) AS p FROM u) WHERE length(p) - length(replace(p, '/', '')) >= 2
  UNION ALL SELECT item, 'text', w FROM (
    SELECT item, unnest(regexp_split_to_array(lower(title), '[^\p{L}\p{N}_-]+')) AS w FROM u)
    WHERE length(w) >= 4
), shared AS (
  SELECT DISTINCT w.lump, r.item FROM raw r JOIN wanted w ON w.kind = r.kind AND w.value = r.value
)
SELECT s.lump, a.target, CAST(sum(p.amount * a.share) AS HUGEINT)::DOUBLE AS parts
FROM shared s JOIN spent p USING (item) JOIN attribution a ON a.item = s.item
WHERE a.target > 0
GROUP BY s.lump, a.target
ORDER BY s.lump, parts DESC, a.target
