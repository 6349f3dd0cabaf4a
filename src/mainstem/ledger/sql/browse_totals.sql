-- Question: how much effort on how many items does a query of work pick, by what it counts for? Unit: parts.
-- Grain: one row per target, and one with target -1 for all of it. Needs: picked (step browse_picked).
SELECT target, CAST(sum(amount) AS BIGINT) AS amount, count(*) AS items
FROM (SELECT item, target, sum(parts) AS amount FROM picked GROUP BY item, target)
GROUP BY target
UNION ALL
SELECT -1, CAST(coalesce(sum(parts), 0) AS BIGINT), count(DISTINCT item) FROM picked
ORDER BY 2 DESC, 1
