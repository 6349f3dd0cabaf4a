-- Question: when were the items that a query of work picks made, begun and done? Unit: none.
-- Grain: one row per item. Needs: items, worked(item, team), attribution, source_name(no, name); $since;
-- its last line stands for the condition of the query, whose values are parameters too.
SELECT i.item, any_value(i.created) AS created, any_value(i.started) AS started, any_value(i.done) AS done,
  any_value(i.labels) AS labels
FROM items i
LEFT JOIN worked p ON p.item = i.item
LEFT JOIN attribution a ON a.item = i.item
WHERE NOT coalesce(i.stub, false) AND NOT coalesce(i.bot, false)
  AND (i.created >= $since OR i.done >= $since)
GROUP BY i.item
HAVING bool_or(true)
ORDER BY i.item
