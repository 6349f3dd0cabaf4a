-- Question: which values of metrics were corrected, from what to what, and when? Unit: the metric's.
-- Grain: one row per correction. Needs: observations, wanted(metric).
SELECT metric, "on", source, was, value, was_seen_at, seen_at, landing FROM (
  SELECT metric, "on", source, value, seen_at, landing,
    lag(value) OVER earlier AS was, lag(seen_at) OVER earlier AS was_seen_at, row_number() OVER earlier AS no
  FROM observations WHERE $everything OR metric IN (SELECT metric FROM wanted)
  WINDOW earlier AS (PARTITION BY metric, "on", source ORDER BY seen_at, landing)
) WHERE no > 1
ORDER BY metric, "on", seen_at, landing
