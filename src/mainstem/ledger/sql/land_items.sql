-- Step: bring staged items together with the items that the ledger knows.
-- Needs: staged_items, items, source_no (one row), last_item (one row), names_source.
-- A stub is an item known only by its key (effort named it). A described item of another source takes
-- a stub over; a stub never overwrites a description. Keys are otherwise unique within their source.
CREATE OR REPLACE TEMP TABLE again AS
-- of staged items with one key, one counts; keys hardly ever repeat, so only those that do are numbered
SELECT key FROM staged_items GROUP BY key HAVING count(*) > 1
--;
CREATE OR REPLACE TEMP VIEW single_items AS
SELECT * FROM staged_items ANTI JOIN again USING (key)
UNION ALL
SELECT * EXCLUDE (copy) FROM (
  SELECT *, row_number() OVER (PARTITION BY key) AS copy FROM staged_items SEMI JOIN again USING (key)
) WHERE copy = 1
--;
-- this and what goes with it to be written as items is no temporary table: another session reads it too
CREATE OR REPLACE TABLE incoming_items AS
SELECT *,
  (coalesce(type, '') = '' AND coalesce(len(labels), 0) = 0 AND coalesce(len(components), 0) = 0
    AND epic IS NULL AND parent IS NULL AND coalesce(len(paths), 0) = 0 AND created IS NULL
    AND done IS NULL AND state IS NULL AND coalesce(cardinality(shares), 0) = 0) AS stub
FROM single_items
WHERE key IS NOT NULL
--;
-- keys that records name but no staged item has
INSERT INTO incoming_items BY NAME
SELECT key, true AS stub
FROM (
  SELECT DISTINCT item_key AS key
  FROM staged_records r ANTI JOIN incoming_items i ON i.key = r.item_key
  WHERE item_key IS NOT NULL
)
--;
CREATE OR REPLACE TEMP TABLE matched_items AS
WITH known AS (
  SELECT key, source, item, stub FROM items WHERE key IN (SELECT key FROM incoming_items)
), per_key AS (
  SELECT key,
    any_value(item) FILTER (source = (SELECT no FROM source_no)) AS own,
    min(item) FILTER (source <> (SELECT no FROM source_no) AND stub) AS stub_item,
    min(item) FILTER (source <> (SELECT no FROM source_no) AND NOT stub) AS described_item,
    count(*) FILTER (source <> (SELECT no FROM source_no) AND NOT stub) AS described
  FROM known GROUP BY key
)
SELECT i.key, i.stub,
  CASE WHEN p.own IS NOT NULL THEN p.own
       WHEN i.stub AND p.described = 1 THEN p.described_item
       WHEN p.stub_item IS NOT NULL THEN p.stub_item END AS item,
  (p.own IS NULL AND i.stub AND (coalesce(p.described, 0) = 1 OR p.stub_item IS NOT NULL)) AS foreign_item
FROM incoming_items i LEFT JOIN per_key p USING (key)
--;
CREATE OR REPLACE TABLE numbered_items AS
SELECT key, stub, foreign_item, item IS NULL AS fresh,
  coalesce(item, (SELECT no FROM last_item)
    + row_number() OVER (PARTITION BY item IS NULL ORDER BY key)) AS item
FROM matched_items
--;
-- joined again wherever it is asked for: writing it down would copy every column of every item
CREATE OR REPLACE VIEW landed_items AS
SELECT n.item, n.fresh, (SELECT no FROM source_no) AS source, i.* EXCLUDE (stub), n.stub,
  n.item // 262144 AS chunk
FROM incoming_items i JOIN numbered_items n USING (key)
WHERE NOT n.foreign_item
--;
-- what really changed: a stub that is known already changes nothing
CREATE OR REPLACE TEMP TABLE changed_items AS
SELECT l.item FROM landed_items l JOIN items o ON o.item = l.item
WHERE NOT l.fresh AND NOT (l.stub AND NOT o.stub) AND (
  (l.source, l.stub, l.type, l.title, l.state, l.project, l.labels, l.components, l.epic, l.parent,
   l.paths, l.team, l.url, l.created, l.started, l.done, l.bot)
  IS DISTINCT FROM
  (o.source, o.stub, o.type, o.title, o.state, o.project, o.labels, o.components, o.epic, o.parent,
   o.paths, o.team, o.url, o.created, o.started, o.done, o.bot)
  OR l.fields IS DISTINCT FROM o.fields OR l.shares IS DISTINCT FROM o.shares)
