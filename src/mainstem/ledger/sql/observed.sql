-- Question: which value does a metric have on each day, when was it seen, and where? Unit: the metric's.
-- Grain: one row per metric and day. Needs: observations, wanted(metric), hand(source).
-- Of each source the value seen last counts. What a person typed goes before what a source says, a value
-- before none, what was seen later before what was seen earlier. A value typed and taken back is no word.
WITH last AS (
  SELECT metric, "on", source, max_by(struct_pack(v := value), (seen_at, landing)).v AS value,
    max(seen_at) AS seen_at, count(*) > 1 AS was_corrected,
    source IN (SELECT source FROM hand) AS is_hand
  FROM observations WHERE $everything OR metric IN (SELECT metric FROM wanted)
  GROUP BY metric, "on", source
)
SELECT metric, "on", value, seen_at, source,
  bool_or(was_corrected) OVER (PARTITION BY metric, "on") AS was_corrected,
  min(value) OVER (PARTITION BY metric, "on") < max(value) OVER (PARTITION BY metric, "on") AS is_disputed
FROM last WHERE value IS NOT NULL OR NOT is_hand
QUALIFY row_number() OVER (
  PARTITION BY metric, "on" ORDER BY is_hand DESC, value IS NULL, seen_at DESC, source DESC) = 1
ORDER BY metric, "on"
