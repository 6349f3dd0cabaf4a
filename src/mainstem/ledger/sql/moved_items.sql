-- Step: picked items whose attribution is not what it was. Needs: pick, attribution, fresh_attribution.
CREATE OR REPLACE TEMP TABLE was AS
SELECT item, target, share, rank, reason FROM attribution SEMI JOIN pick USING (item)
--;
CREATE OR REPLACE TEMP TABLE moved AS
SELECT DISTINCT item FROM (
  (SELECT * FROM was EXCEPT SELECT * FROM fresh_attribution)
  UNION ALL (SELECT * FROM fresh_attribution EXCEPT SELECT * FROM was))
