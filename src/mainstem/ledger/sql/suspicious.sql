-- Question: which effort looks as if nobody had worked it? Unit: micro-units. Grain: source, person, unit.
-- constant: at least 20 rows of one person, all of one amount that is no whole or half hour, or nearly
-- all rows of a source; long_day: a person's logged hours on a day exceed 24.
-- Needs: records, people(no, name), sources(no, name).
WITH by_person AS (
  SELECT source, person, unit, bot, count(*) AS rows, sum(amount) AS amount, min(amount) AS low,
    max(amount) AS high, count(DISTINCT day) AS days
  FROM records WHERE unit IN (1, 2) GROUP BY source, person, unit, bot
), by_source AS (
  SELECT source, unit, sum(rows) AS rows FROM by_person GROUP BY source, unit
)
SELECT 'constant' AS what, s.name AS source, p.name AS person, b.unit, b.rows, b.amount, b.low, b.bot
FROM by_person b JOIN by_source t USING (source, unit)
JOIN sources s ON s.no = b.source LEFT JOIN people p ON p.no = b.person
WHERE b.rows >= 20 AND b.low = b.high AND (b.low % 500000 <> 0 OR b.rows >= 0.9 * t.rows OR b.bot)
  AND NOT (b.low = 1000000 AND b.unit = 2)
UNION ALL
SELECT 'long_day', s.name, NULL, 1, count(*), sum(h.amount), max(h.amount), false
FROM (SELECT source, person, day, sum(amount) AS amount FROM records
      WHERE unit = 1 AND person > 0 AND NOT bot GROUP BY source, person, day
      HAVING sum(amount) > 24000000) h
JOIN sources s ON s.no = h.source
GROUP BY s.name
ORDER BY 1, 5 DESC
