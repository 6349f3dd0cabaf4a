-- Step: explicit, inherited from explicit, claimed, inherited from claimed: the first that speaks.
-- Needs: subject, explicit, by_claim, items, attribution (as it was), pick.
-- Result: settled_shares(item, target, share, rank, reason).
CREATE OR REPLACE TEMP TABLE settled AS
SELECT DISTINCT item FROM explicit
UNION SELECT DISTINCT item FROM attribution WHERE rank = 1 AND item NOT IN (SELECT item FROM pick)
--;
CREATE OR REPLACE TEMP TABLE orphan AS
SELECT item FROM subject WHERE (raw_parent IS NOT NULL OR raw_epic IS NOT NULL)
  AND item NOT IN (SELECT item FROM explicit)
--;
@inherit
--;
CREATE OR REPLACE TEMP TABLE settled_shares AS
WITH source_shares AS (
  SELECT item, target, share FROM explicit
  UNION ALL SELECT item, target, share FROM attribution WHERE rank = 1 AND item NOT IN (SELECT item FROM pick)
)
SELECT item, target, share, 1 AS rank, reason FROM explicit WHERE share > 0
UNION ALL
SELECT h.item, s.target, s.share, 2, $inherited_reason FROM heir h JOIN source_shares s ON s.item = h.ancestor
WHERE s.share > 0
--;
INSERT INTO settled_shares
SELECT item, target, share, 3, reason FROM by_claim
WHERE share > 0 AND item NOT IN (SELECT item FROM settled_shares)
--;
CREATE OR REPLACE TEMP TABLE settled AS
SELECT DISTINCT item FROM settled_shares WHERE rank = 3
UNION SELECT DISTINCT item FROM attribution WHERE rank = 3 AND item NOT IN (SELECT item FROM pick)
--;
CREATE OR REPLACE TEMP TABLE orphan AS
SELECT item FROM subject WHERE (raw_parent IS NOT NULL OR raw_epic IS NOT NULL)
  AND item NOT IN (SELECT item FROM settled_shares)
--;
@inherit
--;
INSERT INTO settled_shares
SELECT h.item, s.target, s.share, 4, $inherited_reason FROM heir h JOIN (
  SELECT item, target, share FROM settled_shares WHERE rank = 3
  UNION ALL SELECT item, target, share FROM attribution WHERE rank = 3 AND item NOT IN (SELECT item FROM pick)
) s ON s.item = h.ancestor
