-- Step: items that are no longer there, and items that have another key now.
-- Needs: staged_items (a table), staged_gone, items, source_no (one row).
-- Keys may change, the source's own id (`fields['id']`) does not. What is gone stays as an item without
-- effort whose field `gone` says why; it comes back by being read again.
CREATE OR REPLACE TEMP TABLE moved_items AS
SELECT o.key, o.item, any_value(s.key) AS new_key
FROM items o JOIN staged_items s ON o.fields['id'] = s.fields['id'] AND o.key <> s.key
WHERE o.source = (SELECT no FROM source_no) AND o.fields['gone'] IS NULL
GROUP BY o.key, o.item
--;
CREATE OR REPLACE TEMP TABLE gone_items AS
SELECT o.*, g.why, g.is_moved
FROM items o JOIN (
  SELECT key, 'moved to ' || new_key AS why, true AS is_moved FROM moved_items
  UNION ALL
  SELECT key, why, false FROM staged_gone ANTI JOIN moved_items USING (key)
) g USING (key)
WHERE o.source = (SELECT no FROM source_no) AND o.fields['gone'] IS NULL
  AND key NOT IN (SELECT key FROM staged_items)
--;
INSERT INTO staged_items BY NAME
SELECT * EXCLUDE (item, source, stub, landing, chunk, why, is_moved)
  REPLACE (why AS state, map_concat(coalesce(fields, MAP {}), MAP {'gone': why}) AS fields)
FROM gone_items
