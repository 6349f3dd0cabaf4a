-- Step: items by their keys, and those that follow what is said of them by hand: what is part of them
-- (by its parent, else its epic), unless something is said of it itself. Result: below(item, key, level).
-- Needs: items, attribution; $keys in lower case.
CREATE OR REPLACE TEMP TABLE below AS
WITH RECURSIVE found(item, key, level) AS (
  SELECT item, key, 0 FROM items WHERE lower(key) IN (SELECT unnest($keys::VARCHAR[]))
  UNION
  SELECT i.item, i.key, f.level + 1
  FROM items i
  JOIN found f ON lower(coalesce(i.parent, i.epic)) = lower(f.key)
  WHERE f.level < 8 AND i.item NOT IN (SELECT item FROM attribution WHERE rank = 1)
)
SELECT item, any_value(key) AS key, min(level) AS level FROM found GROUP BY item
