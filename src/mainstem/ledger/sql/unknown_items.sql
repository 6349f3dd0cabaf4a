-- Step: items with effort that nothing speaks for. Unit: parts.
-- Needs: effort, attribution, calendar, scope. Result: unknown_item(item, amount).
CREATE OR REPLACE TEMP TABLE unknown_item AS
SELECT e.item, CAST(sum(e.amount * coalesce(a.share, 10000)) AS BIGINT) AS amount
FROM effort e
JOIN calendar c ON c.day = e.day
JOIN scope s ON s.team = e.team
LEFT JOIN attribution a ON a.item = e.item
WHERE e.unit = $unit AND coalesce(a.target, 0) = 0
GROUP BY e.item
--;
CREATE OR REPLACE TEMP TABLE featured AS
SELECT item, components, labels, project, epic, parent, type, paths, title FROM items JOIN unknown_item USING (item)
--;
@item_features
--;
CREATE OR REPLACE TEMP TABLE feature AS
SELECT DISTINCT item, kind, value FROM item_feature WHERE value IS NOT NULL AND value <> ''
--;
-- what nearly everything shares tells nothing apart; a single item, or a word in every other title, is no lump
DELETE FROM feature WHERE (kind, value) IN (
  SELECT (kind, value) FROM feature GROUP BY kind, value
  HAVING count(*) < 2 AND kind NOT IN ('epic', 'project')
     OR count(*) > CASE kind WHEN 'text' THEN 0.5 ELSE 0.8 END * (SELECT count(*) FROM unknown_item)
        AND count(*) > 10)
