-- Question: how many items of a source are known and not gone, by type and month of creation?
-- Unit: items. Grain: one row per type and month; months are of UTC.
-- Needs: items, names; $source is its name.
SELECT coalesce(i.type, '') AS type, coalesce(strftime(i.created, '%Y-%m'), '') AS month, count(*) AS items
FROM items i
WHERE i.source = (SELECT no FROM names WHERE kind = 'source' AND name = $source)
  AND NOT i.stub AND i.fields['gone'] IS NULL
GROUP BY ALL
ORDER BY ALL
