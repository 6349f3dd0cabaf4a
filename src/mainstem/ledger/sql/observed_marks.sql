-- Question: what must a reader of a metric's values know: gaps, changes of definition, notes? Unit: none.
-- Grain: one row per metric, day, kind and source, with the words given last.
-- Needs: marks, wanted(metric).
SELECT metric, "on", kind, max_by(words, (seen_at, landing)) AS said, max(seen_at) AS seen_at, source
FROM marks WHERE $everything OR metric IN (SELECT metric FROM wanted)
GROUP BY metric, "on", kind, source
HAVING max_by(words, (seen_at, landing)) <> ''
ORDER BY metric, "on", kind, source
