-- Question: from which to which day is there effort, in which units? Unit: parts. Grain: one row per unit.
-- Needs: rollup.
SELECT unit, min(day) AS first, max(day) AS last, CAST(sum(amount) AS BIGINT) AS amount
FROM rollup GROUP BY unit ORDER BY unit
