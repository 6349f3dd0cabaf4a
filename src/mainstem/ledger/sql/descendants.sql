-- Step: adds to `pick` what is directly below the newest picked items. Run once for each level.
-- Needs: pick, newest(item), items. Result: pick, and newest for the next level.
CREATE OR REPLACE TEMP TABLE newest_key AS
SELECT DISTINCT i.key FROM items i SEMI JOIN newest USING (item)
--;
CREATE OR REPLACE TEMP TABLE newest AS
SELECT b.item FROM (
  SELECT item FROM items WHERE parent IN (SELECT key FROM newest_key)
  UNION SELECT item FROM items WHERE epic IN (SELECT key FROM newest_key)
) b ANTI JOIN pick USING (item)
--;
INSERT INTO pick SELECT item FROM newest
