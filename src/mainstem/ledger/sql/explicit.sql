-- Step: explicit attribution. Needs: subject, link, share_word. Result: explicit(item, target, share, reason).
-- A link in the plan wins over what the item itself carries; more than a whole is scaled to a whole.
CREATE OR REPLACE TEMP TABLE said AS
WITH linked AS (
  SELECT s.item, l.target, l.share, l.reason FROM subject s JOIN link l ON l.key = s.key
), own AS (
  SELECT item, w.target, e.value AS share, $own_share_reason AS reason
  FROM (SELECT item, unnest(map_entries(shares)) AS e FROM subject WHERE cardinality(shares) > 0)
  JOIN share_word w ON w.word = e.key
  WHERE e.value > 0 AND item NOT IN (SELECT item FROM linked)
)
SELECT item, target, sum(share) AS share, min(reason) AS reason
FROM (SELECT * FROM linked UNION ALL SELECT * FROM own) GROUP BY item, target
--;
-- a share too small for a ten-thousandth is none
CREATE OR REPLACE TEMP TABLE explicit AS
SELECT * FROM (
  SELECT item, target, reason,
    CASE WHEN whole <= 10000 THEN share
      ELSE above * 10000 // whole - (above - share) * 10000 // whole END::INTEGER AS share
  FROM (
    SELECT *, sum(share) OVER (PARTITION BY item) AS whole,
      sum(share) OVER (PARTITION BY item ORDER BY target ROWS UNBOUNDED PRECEDING) AS above FROM said)
) WHERE share > 0
