-- Question: how many items do two streams both take? Unit: items. Grain: one row per pair of targets; a target
-- with itself: how many it takes at all.
-- Needs: attribution, wanted(target).
WITH taken AS (
  SELECT DISTINCT a.item, a.target FROM attribution a SEMI JOIN wanted w ON w.target = a.target WHERE a.share > 0
), several AS (
  SELECT item FROM taken GROUP BY item HAVING count(*) > 1
), pair AS (
  SELECT a.target AS one, b.target AS other
  FROM (SELECT t.* FROM taken t SEMI JOIN several USING (item)) a
  JOIN (SELECT t.* FROM taken t SEMI JOIN several USING (item)) b ON b.item = a.item AND b.target > a.target
)
SELECT target AS one, target AS other, CAST(count(*) AS BIGINT) AS items FROM taken GROUP BY target
UNION ALL
SELECT one, other, CAST(count(*) AS BIGINT) AS items FROM pair GROUP BY one, other
