-- Question: which items of a source are known and not gone, by the source's own id?
-- Unit: items. Grain: one row per item.
-- Needs: items, names; $source is its name.
SELECT coalesce(i.fields['id'], i.key) AS ident, i.key
FROM items i
WHERE i.source = (SELECT no FROM names WHERE kind = 'source' AND name = $source)
  AND NOT i.stub AND i.fields['gone'] IS NULL
