-- Question: how much effort did each claim decide, by week? Unit: parts. Grain: one row per reason and week
-- (its Monday). Needs: effort, attribution; $unit, $since and $until are the first and last day.
SELECT a.reason, date_trunc('week', e.day)::DATE AS week, CAST(sum(e.amount * a.share) AS BIGINT) AS parts
FROM effort e JOIN attribution a ON a.item = e.item AND a.rank = 3
WHERE e.unit = $unit AND e.day BETWEEN $since AND $until
GROUP BY a.reason, week
ORDER BY a.reason, week
