-- Step: how much of an item's paths each winning target claims, in sevenths-and-all: one path is 27,720.
-- A path that n targets claim counts 27,720/n for each. Needs: path_item, telling_path, path_rule, claimed, rule.
CREATE OR REPLACE TEMP TABLE path_count AS
WITH telling AS (
  SELECT DISTINCT p.item, p.value FROM path_item p SEMI JOIN telling_path USING (value)
), used AS (
  SELECT * FROM telling
  UNION ALL SELECT DISTINCT item, value FROM path_item WHERE item NOT IN (SELECT item FROM telling)
), won AS (
  SELECT DISTINCT c.item, r.number, r.target FROM claimed c JOIN rule r ON r.number = c.rule WHERE r.by_path
), hit AS (
  SELECT DISTINCT u.item, u.value, m.target
  FROM used u JOIN path_rule m USING (value) JOIN won w ON w.item = u.item AND w.number = m.rule
), weighed AS (
  SELECT *, 27720 // count(*) OVER (PARTITION BY item, value) AS weight FROM hit
), counted AS (
  SELECT item, count(*) AS paths FROM used GROUP BY item
)
SELECT w.item, w.target, sum(w.weight)::BIGINT AS weight, any_value(c.paths) * 27720 AS whole
FROM weighed w JOIN counted c USING (item) GROUP BY w.item, w.target
