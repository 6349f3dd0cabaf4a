-- Step: adds to `pick` everything below the picked items, up to eight levels. Needs: pick, items.
CREATE OR REPLACE TEMP TABLE edge AS
SELECT parent AS up, item FROM items WHERE parent IS NOT NULL
UNION ALL SELECT epic, item FROM items WHERE epic IS NOT NULL
--;
CREATE OR REPLACE TEMP TABLE line AS
SELECT p.item AS up, e.item FROM edge e JOIN items p ON p.key = e.up WHERE p.item <> e.item
--;
CREATE OR REPLACE TEMP TABLE pick AS
WITH RECURSIVE below(item, depth) AS (
  SELECT DISTINCT item, 0 FROM pick
  UNION
  SELECT l.item, b.depth + 1 FROM below b JOIN line l ON l.up = b.item WHERE b.depth < 8
)
SELECT DISTINCT item FROM below
