-- Step: adds to `lines` what is directly above its newest items, in whatever source. Run once for each level.
-- Needs: lines(item, source, key, parent, epic, level), items.
INSERT INTO lines
SELECT i.item, i.source, i.key, i.parent, i.epic, (SELECT max(level) FROM lines) + 1
FROM items i
SEMI JOIN (
  SELECT coalesce(parent, epic) AS key FROM lines WHERE level = (SELECT max(level) FROM lines)
) u USING (key)
ANTI JOIN lines l ON l.item = i.item
