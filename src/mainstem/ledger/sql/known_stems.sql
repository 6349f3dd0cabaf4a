-- Question: which stems of a source have effort, among those that begin in one way?
-- Unit: stems of row keys. Grain: one row per stem.
-- Needs: records, names; $source is the source's name, $prefix what a stem begins with.
SELECT DISTINCT split_part(r.row_key, '#', 1) AS stem
FROM records r
WHERE r.source = (SELECT no FROM names WHERE kind = 'source' AND name = $source)
  AND starts_with(r.row_key, $prefix)
