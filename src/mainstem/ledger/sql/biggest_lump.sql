-- Step: the feature with most effort among what is left. A sharper kind wins unless it holds less than
-- nine tenths of the blunter one. Needs: feature, unknown_item, taken(item).
SELECT f.kind, f.value, CAST(sum(u.amount) AS BIGINT) AS amount, count(*) AS items
FROM feature f JOIN unknown_item u USING (item)
WHERE f.item NOT IN (SELECT item FROM taken)
GROUP BY f.kind, f.value
ORDER BY sum(u.amount) * CASE f.kind WHEN 'epic' THEN 1.25 WHEN 'component' THEN 1.25 WHEN 'label' THEN 1.2
  WHEN 'parent' THEN 1.2 WHEN 'path' THEN 1.1 WHEN 'project' THEN 0.9 WHEN 'text' THEN 0.6 ELSE 0.3 END DESC,
  f.kind, f.value
LIMIT 1
