-- Question: what counts other work for that shares the same? Unit: parts.
-- Grain: one row per lump and target. Needs: effort, attribution, items, calendar, wanted(lump, kind, value); $unit.
CREATE OR REPLACE TEMP TABLE spent AS
SELECT e.item, CAST(sum(e.amount) AS BIGINT) AS amount
FROM effort e JOIN calendar c ON c.day = e.day WHERE e.unit = $unit AND e.item > 0 GROUP BY e.item
--;
CREATE OR REPLACE TEMP TABLE featured AS
SELECT item, components, labels, project, epic, parent, type, paths, title FROM items SEMI JOIN spent USING (item)
--;
@item_features
--;
WITH shared AS (
  SELECT DISTINCT w.lump, f.item FROM item_feature f JOIN wanted w ON w.kind = f.kind AND w.value = f.value
)
SELECT s.lump, a.target, CAST(sum(p.amount * a.share) AS HUGEINT)::DOUBLE AS parts
FROM shared s JOIN spent p USING (item) JOIN attribution a ON a.item = s.item
WHERE a.target > 0
GROUP BY s.lump, a.target
ORDER BY s.lump, parts DESC, a.target
