-- Step: shares of the streams that won an item. Needs: claimed, rule, path_count.
-- Result: by_claim(item, target, share, reason).
CREATE OR REPLACE TEMP TABLE winner AS
SELECT c.item, r.target, min(r.place) AS place, min_by(r.reason, r.number) AS reason, bool_and(r.by_path) AS by_path
FROM claimed c JOIN rule r ON r.number = c.rule
GROUP BY c.item, r.target
--;
CREATE OR REPLACE TEMP TABLE by_claim AS
WITH ordered AS (
  SELECT *, count(*) OVER (PARTITION BY item) AS many,
    row_number() OVER (PARTITION BY item ORDER BY place, target) AS nth
  FROM winner
)
SELECT item, target, reason,
  (CASE WHEN many = 1 THEN 10000
     WHEN NOT $equal_split THEN CASE WHEN nth = 1 THEN 10000 ELSE 0 END
     ELSE 10000 // many + CASE WHEN nth <= 10000 % many THEN 1 ELSE 0 END END)::INTEGER AS share
FROM ordered
