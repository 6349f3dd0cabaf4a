-- Step: compare staged records with those that the ledger has of this source.
-- Needs: staged_records, numbered_items, records, source_no, person_no, team_no, staged_stems, gone_items,
-- moved_items.
CREATE OR REPLACE TEMP TABLE incoming_records AS
SELECT s.row_key, (SELECT no FROM source_no) AS source, coalesce(n.item, 0) AS item, s.day,
  coalesce(p.no, 0) AS person, coalesce(t.no, 0) AS team, s.unit, s.amount, coalesce(s.bot, false) AS bot,
  strftime(s.day, '%Y-%m') AS month
FROM staged_records s
LEFT JOIN numbered_items n ON n.key = s.item_key
LEFT JOIN person_no p ON p.name = s.person
LEFT JOIN team_no t ON t.name = s.team
--;
CREATE OR REPLACE TEMP TABLE known_records AS
SELECT o.* FROM records o
WHERE o.source = (SELECT no FROM source_no)
  AND (o.row_key IN (SELECT row_key FROM incoming_records) OR (SELECT whole FROM source_no)
    OR split_part(o.row_key, '#', 1) IN (SELECT stem FROM staged_stems)
    OR o.item IN (SELECT item FROM gone_items))
--;
-- effort on an item that has another key now goes with it, also where it was not read again
INSERT INTO incoming_records BY NAME
SELECT o.* EXCLUDE (landing) REPLACE (n.item AS item)
FROM known_records o JOIN moved_items m ON m.item = o.item JOIN numbered_items n ON n.key = m.new_key
WHERE o.row_key NOT IN (SELECT row_key FROM incoming_records)
  AND split_part(o.row_key, '#', 1) NOT IN (SELECT stem FROM staged_stems)
--;
CREATE OR REPLACE TEMP TABLE compared_records AS
SELECT i.*, o.row_key IS NULL AS fresh, o.month AS old_month,
  o.row_key IS NOT NULL AND (i.item, i.day, i.person, i.team, i.unit, i.amount, i.bot)
    IS DISTINCT FROM (o.item, o.day, o.person, o.team, o.unit, o.amount, o.bot) AS changed
FROM incoming_records i LEFT JOIN known_records o USING (row_key)
--;
-- rows that came before and should have come again, but did not: of a whole export, of a stem, of what is gone
CREATE OR REPLACE TEMP TABLE withdrawn_records AS
SELECT o.* FROM known_records o
WHERE o.row_key NOT IN (SELECT row_key FROM incoming_records)
