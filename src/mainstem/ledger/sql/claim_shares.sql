-- Step: shares of the streams that won an item. Needs: claimed, rule, path_count.
-- Result: by_claim(item, target, share, reason).
CREATE OR REPLACE TEMP TABLE winner AS
SELECT c.item, r.target, min(r.place) AS place, min_by(r.reason, r.number) AS reason, bool_and(r.by_path) AS by_path
FROM claimed c JOIN rule r ON r.number = c.rule
GROUP BY c.item, r.target
--;
CREATE OR REPLACE TEMP TABLE by_claim AS
WITH ordered AS (
  SELECT w.*, count(*) OVER own AS many, row_number() OVER (own ORDER BY w.place, w.target) AS nth,
    bool_and(w.by_path) OVER own AS paths_only,
    coalesce(p.weight, 0) AS weight, max(coalesce(p.whole, 0)) OVER own AS whole,
    sum(coalesce(p.weight, 0)) OVER (own ORDER BY w.place, w.target ROWS UNBOUNDED PRECEDING) AS above,
    min(CASE WHEN coalesce(p.weight, 0) * 10000 >= $majority * p.whole THEN w.place END) OVER own AS major
  FROM winner w LEFT JOIN path_count p ON p.item = w.item AND p.target = w.target
  WINDOW own AS (PARTITION BY w.item)
)
SELECT item, target, reason,
  (CASE
    WHEN paths_only AND major IS NOT NULL THEN CASE WHEN place = major THEN 10000 ELSE 0 END
    WHEN paths_only AND whole > 0 THEN above * 10000 // whole - (above - weight) * 10000 // whole
    WHEN many = 1 THEN 10000
    WHEN NOT $equal_split THEN CASE WHEN nth = 1 THEN 10000 ELSE 0 END
    ELSE 10000 // many + CASE WHEN nth <= 10000 % many THEN 1 ELSE 0 END END)::INTEGER AS share
FROM ordered
