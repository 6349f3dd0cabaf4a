-- Question: which stems of a source that begin with a prefix have effort?
-- Unit: stems. Grain: one row per stem.
-- Needs: records, names; $source is its name, $prefix the beginning.
SELECT DISTINCT split_part(r.row_key, '#', 1) AS stem
FROM records r
WHERE r.source = (SELECT no FROM names WHERE kind = 'source' AND name = $source)
  AND starts_with(r.row_key, $prefix)
