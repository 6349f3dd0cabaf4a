-- Step: how the items that a new claim catches stand now, and what the claim makes of them.
-- Needs: caught(item, rank, by_path), attribution, reason_rank(reason, rank, by_path),
--   place(target, place), doubtful(item), $own (target of the claim), $paths_rank (strongest rank of any
--   claim that shares by paths), $equal_split.
-- Result: standing(item, how, known, is_whole): `how` is 'hand' (said explicitly, or of what it is part
--   of), 'own' (its stream has it already), 'stronger' (another claim stays stronger), 'tie', 'taken' (it
--   is stronger than the claim that had it), 'free' (no claim had it); `known`: what comes of it can be
--   said without attributing the item anew; `is_whole`: it is then all the claim's.
CREATE OR REPLACE TEMP TABLE held AS
SELECT a.item, a.target, a.share, a.rank, r.rank AS claim_rank, coalesce(r.by_path, true) AS by_path
FROM attribution a SEMI JOIN caught USING (item)
LEFT JOIN reason_rank r ON a.rank = 3 AND r.reason = a.reason
--;
CREATE OR REPLACE TEMP TABLE said_of AS
WITH stood AS (
  SELECT item, min(rank) AS rank, min(claim_rank) AS claim_rank,
    bool_or(rank = 3 AND by_path) AS by_path, bool_or(rank = 3 AND claim_rank IS NULL) AS is_strange,
    bool_and(target = $own) FILTER (rank = 3) AS is_own
  FROM held GROUP BY item
)
SELECT c.item, c.rank, c.by_path, s.claim_rank, coalesce(s.by_path, false) AS was_by_path,
  coalesce(s.is_strange, false) AS is_strange,
  CASE WHEN s.rank <= 2 THEN 'hand'
    WHEN s.rank = 3 AND s.is_own THEN 'own'
    WHEN s.rank = 3 AND s.claim_rank < c.rank THEN 'stronger'
    WHEN s.rank = 3 AND s.claim_rank = c.rank THEN 'tie'
    WHEN s.rank = 3 THEN 'taken'
    ELSE 'free' END AS how
FROM caught c LEFT JOIN stood s USING (item)
--;
CREATE OR REPLACE TEMP TABLE standing AS
SELECT item, how, known, known AND NOT by_path
  AND (how IN ('free', 'taken') OR how = 'own' AND claim_rank > rank) AS is_whole
FROM (
  SELECT *, CASE WHEN is_strange THEN false
      WHEN how IN ('hand', 'stronger') OR how = 'own' AND claim_rank < rank THEN true
      WHEN by_path THEN false
      WHEN how = 'tie' OR how = 'own' AND claim_rank = rank THEN NOT was_by_path
      -- a claim by path may have matched and come to nothing, which does not show
      WHEN how = 'free' THEN rank < $paths_rank OR item NOT IN (SELECT item FROM doubtful)
      ELSE true END AS known
  FROM said_of)
--;
-- shares of those whose case is known: all of it, or what a tie leaves
CREATE OR REPLACE TEMP TABLE sure_share AS
WITH joined AS (
  SELECT h.item, h.target FROM held h JOIN standing s USING (item)
  WHERE s.known AND s.how = 'tie' AND h.rank = 3
  UNION SELECT item, $own FROM standing WHERE known AND how = 'tie'
), ordered AS (
  SELECT j.item, j.target, count(*) OVER own AS many, row_number() OVER (own ORDER BY p.place, j.target) AS nth
  FROM joined j JOIN place p USING (target)
  WINDOW own AS (PARTITION BY j.item)
)
SELECT item, $own AS target, 10000 AS share FROM standing WHERE is_whole
UNION ALL
SELECT item, target, CASE WHEN $equal_split THEN 10000 // many + CASE WHEN nth <= 10000 % many THEN 1 ELSE 0 END
    ELSE 10000 END AS share
FROM ordered WHERE $equal_split OR nth = 1
