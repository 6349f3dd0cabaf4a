-- Question: which items make up a cell? Unit: parts. Grain: one row per item, largest first.
-- Needs: effort, attribution, items, reasons(no, name), calendar(day, period), scope(team, cell), place(target, place).
SELECT coalesce(i.key, '') AS key, coalesce(i.title, '') AS title, coalesce(i.type, '') AS type,
  coalesce(i.url, '') AS url, x.target, coalesce(r.name, '') AS reason, x.share, x.amount
FROM (
  SELECT e.item, coalesce(a.target, 0) AS target, min(a.reason) AS reason, min(coalesce(a.share, 10000)) AS share,
    CAST(sum(e.amount * coalesce(a.share, 10000)) AS BIGINT) AS amount
  FROM effort e
  JOIN calendar c ON c.day = e.day
  JOIN scope s ON s.team = e.team
  LEFT JOIN attribution a ON a.item = e.item
  JOIN place p ON p.target = coalesce(a.target, 0)
  WHERE e.unit = $unit
  GROUP BY e.item, coalesce(a.target, 0)
) x
LEFT JOIN items i ON i.item = x.item
LEFT JOIN reasons r ON r.no = x.reason
ORDER BY x.amount DESC, key, x.target, x.item
LIMIT $most
