-- Question: which items does a query of work pick, one page of them? Unit: parts.
-- Grain: one row per item, in the order asked for. Needs: picked (step browse_picked), items,
-- source_name(no, name).
SELECT x.item, coalesce(i.key, '') AS key, coalesce(s.name, '') AS source, coalesce(i.title, '') AS title,
  coalesce(i.type, '') AS type, coalesce(i.url, '') AS url, x.amount, x.last
FROM (
  SELECT item, CAST(sum(parts) AS BIGINT) AS amount, max(last) AS last
  FROM picked GROUP BY item
  HAVING true
  ORDER BY amount DESC, item
  LIMIT $most
) x
LEFT JOIN items i ON i.item = x.item
LEFT JOIN source_name s ON s.no = i.source
ORDER BY amount DESC, x.item
