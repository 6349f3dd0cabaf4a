-- Step: compare values of metrics and marks with those that the ledger has seen of this source before.
-- Needs: observations, marks, staged_values(metric, "on", value, seen_at), staged_marks(metric, "on", kind,
-- words, seen_at), source_no(no).
CREATE OR REPLACE TEMP TABLE known_values AS
SELECT o.metric, o."on", s.seen_at,
  max_by(struct_pack(v := o.value), (o.seen_at, o.landing)) AS last,
  max_by(struct_pack(v := o.value), (o.seen_at, o.landing)) FILTER (o.seen_at <= s.seen_at) AS before
FROM observations o JOIN staged_values s ON s.metric = o.metric AND s."on" = o."on"
WHERE o.source = (SELECT no FROM source_no)
GROUP BY ALL
--;
-- a value is kept if it is neither what was seen before that moment nor what is in force anyway
CREATE OR REPLACE TEMP TABLE compared_values AS
SELECT s.metric, s."on", s.value, s.seen_at, (SELECT no FROM source_no) AS source, k.last IS NULL AS fresh,
  k.last IS NOT NULL AND s.value IS DISTINCT FROM k.last.v
    AND (k.before IS NULL OR s.value IS DISTINCT FROM k.before.v) AS changed
FROM staged_values s LEFT JOIN known_values k ON k.metric = s.metric AND k."on" = s."on"
--;
CREATE OR REPLACE TEMP TABLE fresh_marks AS
SELECT s.metric, s."on", s.kind, s.words, s.seen_at, (SELECT no FROM source_no) AS source
FROM staged_marks s LEFT JOIN (
  SELECT metric, "on", kind, max_by(words, (seen_at, landing)) AS words
  FROM marks WHERE source = (SELECT no FROM source_no) GROUP BY ALL
) k ON k.metric = s.metric AND k."on" = s."on" AND k.kind = s.kind
WHERE s.words IS DISTINCT FROM coalesce(k.words, '')
