-- Step: items with effort that nothing speaks for. Unit: parts.
-- Needs: effort, attribution, calendar, scope. Result: unknown_item(item, amount).
CREATE OR REPLACE TEMP TABLE unknown_item AS
SELECT e.item, CAST(sum(e.amount * coalesce(a.share, 10000)) AS BIGINT) AS amount
FROM effort e
JOIN calendar c ON c.day = e.day
JOIN scope s ON s.team = e.team
LEFT JOIN attribution a ON a.item = e.item
WHERE e.unit = $unit AND coalesce(a.target, 0) = 0
GROUP BY e.item
--;
-- what they share: project, component, label, epic or parent, folder, type, a word of the title
CREATE OR REPLACE TEMP TABLE feature AS
WITH u AS (
  SELECT i.* FROM items i JOIN unknown_item USING (item)
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
)
SELECT DISTINCT item, kind, value FROM raw WHERE value IS NOT NULL AND value <> ''
--;
-- what nearly everything shares tells nothing apart; a single item, or a word in every other title, is no lump
DELETE FROM feature WHERE (kind, value) IN (
  SELECT (kind, value) FROM feature GROUP BY kind, value
  HAVING count(*) < 2 AND kind NOT IN ('epic', 'project')
     OR count(*) > CASE kind WHEN 'text' THEN 0.5 ELSE 0.8 END * (SELECT count(*) FROM unknown_item)
        AND count(*) > 10)
