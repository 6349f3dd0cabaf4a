-- Step: what items share: project, component, label, epic or parent, folder, type, a word of the title.
-- Grain: one row per item and thing, some of them empty or twice. Needs: featured, the items asked of.
-- Result: item_feature(item, kind, value).
CREATE OR REPLACE TEMP VIEW item_feature AS
SELECT item, 'component' AS kind, unnest(components) AS value FROM featured
UNION ALL SELECT item, 'label', unnest(labels) FROM featured
UNION ALL SELECT item, 'project', project FROM featured
UNION ALL SELECT item, 'epic', epic FROM featured
UNION ALL SELECT item, 'parent', parent FROM featured
UNION ALL SELECT item, 'type', type FROM featured
UNION ALL SELECT item, 'path', '/' || split_part(p, '/', 1) || '/' FROM (
  SELECT item, unnest(paths) AS p FROM featured) WHERE contains(p, '/')
UNION ALL SELECT item, 'path', '/' || split_part(p, '/', 1) || '/' || split_part(p, '/', 2) || '/' FROM (
  SELECT item, unnest(paths) AS p FROM featured) WHERE length(p) - length(replace(p, '/', '')) >= 2
UNION ALL SELECT item, 'text', w FROM (
  SELECT item, unnest(regexp_split_to_array(lower(title), '[^\p{L}\p{N}_-]+')) AS w FROM featured)
  WHERE length(w) >= 4
