-- Step: explicit, inherited from explicit, claimed, inherited from claimed: the first that speaks.
-- Needs: subject, explicit, by_claim, $lines, known(item, target, share, rank): what items that are not
--   picked and may be inherited from have, by ranks 1 and 3.
-- Result: settled_shares(item, target, share, rank, reason).
CREATE OR REPLACE TEMP TABLE settled AS
SELECT item FROM explicit UNION SELECT item FROM known WHERE rank = 1
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
  UNION ALL SELECT item, target, share FROM known WHERE rank = 1
)
SELECT item, target, share, 1 AS rank, reason FROM explicit
UNION ALL
SELECT h.item, s.target, s.share, 2, $inherited_reason FROM heir h JOIN source_shares s ON s.item = h.ancestor
--;
INSERT INTO settled_shares
SELECT item, target, share, 3, reason FROM by_claim
WHERE share > 0 AND item NOT IN (SELECT item FROM settled_shares)
--;
CREATE OR REPLACE TEMP TABLE settled AS
SELECT item FROM settled_shares WHERE rank = 3 UNION SELECT item FROM known WHERE rank = 3
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
  UNION ALL SELECT item, target, share FROM known WHERE rank = 3
) s ON s.item = h.ancestor
