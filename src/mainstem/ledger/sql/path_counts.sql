-- Step: how many paths of an item each target claims. Needs: path_item, seen_path, path_rule, claimed, rule.
-- A path that several streams claim counts for each of them by an equal part (in sixtieths).
CREATE OR REPLACE TEMP TABLE path_count AS
WITH won AS (
  SELECT DISTINCT c.item, r.target FROM claimed c JOIN rule r ON r.number = c.rule WHERE r.by_path
), hit AS (
  SELECT DISTINCT p.item, p.value, m.target
  FROM path_item p JOIN path_rule m USING (value) JOIN won w ON w.item = p.item AND w.target = m.target
), counted AS (
  SELECT p.item, count(DISTINCT p.value) AS whole FROM path_item p JOIN seen_path USING (value) GROUP BY p.item
)
SELECT h.item, h.target, count(*) AS n, any_value(c.whole) AS whole
FROM hit h JOIN counted c USING (item) GROUP BY h.item, h.target
