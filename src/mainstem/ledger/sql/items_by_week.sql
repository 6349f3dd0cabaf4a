-- Question: how much effort do some items have, by week? Unit: parts. Grain: one row per item and week
-- (its Monday). Needs: effort, wanted(item); $unit, $since and $until are the first and last day.
SELECT e.item, date_trunc('week', e.day)::DATE AS week, CAST(sum(e.amount) * 10000 AS BIGINT) AS parts
FROM effort e SEMI JOIN wanted USING (item)
WHERE e.unit = $unit AND e.day BETWEEN $since AND $until
GROUP BY e.item, week
ORDER BY e.item, week
