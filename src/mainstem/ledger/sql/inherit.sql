-- Step: the nearest ancestor, up to eight levels, that is in `settled`; parent first, then epic.
-- Needs: orphan(item), $lines (items, or those of them that can matter), settled(item). Result: heir(item, ancestor).
CREATE OR REPLACE TEMP TABLE above AS
WITH asked AS (
  SELECT i.item, i.source, coalesce(i.parent, i.epic) AS up, i.epic FROM $lines i
  WHERE i.parent IS NOT NULL OR i.epic IS NOT NULL
), wanted AS (
  SELECT DISTINCT up AS key FROM asked
), found AS (
  SELECT i.key, i.source, i.item FROM $lines i JOIN wanted USING (key)
), anywhere AS (
  SELECT key, min(item) AS item, count(*) AS copies FROM found GROUP BY key
)
SELECT a.item, coalesce(own.item, CASE WHEN any_.copies = 1 THEN any_.item END) AS up
FROM asked a
LEFT JOIN found own ON own.key = a.up AND own.source = a.source
LEFT JOIN anywhere any_ ON any_.key = a.up
WHERE coalesce(own.item, any_.item) IS NOT NULL AND coalesce(own.item, any_.item) <> a.item
--;
CREATE OR REPLACE TEMP TABLE heir AS
WITH RECURSIVE climb(item, place, depth, stop) AS (
  SELECT o.item, a.up, 1, s.item IS NOT NULL
  FROM orphan o JOIN above a ON a.item = o.item LEFT JOIN settled s ON s.item = a.up
  UNION ALL
  SELECT c.item, a.up, c.depth + 1, s.item IS NOT NULL
  FROM climb c JOIN above a ON a.item = c.place LEFT JOIN settled s ON s.item = a.up
  WHERE NOT c.stop AND c.depth < 8
)
SELECT item, place AS ancestor FROM climb WHERE stop
