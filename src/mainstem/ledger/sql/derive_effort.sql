-- Step: effort by team from records as they came, for the working days in [low, high).
-- Needs: records_near (the months and a few days after), item_team(item, team), team_word(no, team),
--   membership(person, team, first, last, parts), workday(calendar, day, counts_on),
--   team_calendar(team, calendar), bounds(low, high, first, last), settings(split, presence).
-- Amounts stay whole millionths; a split hands out the remainder so that parts always sum to the whole.
-- Work by bots is no effort of a team and is left out here; it is counted and told apart elsewhere.
-- A row of no amount is no trace and no effort.
CREATE OR REPLACE TEMP TABLE traced AS
SELECT r.item, r.day, r.person, r.unit, r.amount,
  CASE WHEN r.team > 0 THEN coalesce(w.team, 0) WHEN i.team > 0 THEN i.team ELSE 0 END AS said
FROM records_near r
LEFT JOIN team_word w ON w.no = r.team
LEFT JOIN item_team i ON i.item = r.item
WHERE NOT r.bot AND r.amount > 0
--;
-- effort in the units in which it came; people in two teams on one day split theirs by their fractions
CREATE OR REPLACE TEMP TABLE given AS
WITH placed AS (
  SELECT t.item, t.day, t.unit, t.amount, t.person, coalesce(m.team, t.said) AS team,
    coalesce(m.below, 0) AS below, coalesce(m.above, 1) AS above, coalesce(m.whole, 1) AS whole
  FROM traced t LEFT JOIN member_day m
    ON m.person = t.person AND t.person > 0 AND t.day >= m.first AND t.day < m.last
  WHERE t.unit IN (1, 2, 3) AND t.day >= (SELECT low FROM bounds) AND t.day < (SELECT high FROM bounds)
)
SELECT item, day, team, unit,
  CASE WHEN below = 0 AND above = whole THEN amount
    ELSE ((amount::HUGEINT * above) // whole - (amount::HUGEINT * below) // whole)::BIGINT END AS amount,
  person
FROM placed
--;
-- person-days: each person's working day is one, split over what they touched; where rows of one item
-- name several teams, its part is split over these (27,720 is whole for up to twelve)
CREATE OR REPLACE TEMP TABLE touched AS
SELECT t.person, w.counts_on AS day, t.item, t.said,
  CASE (SELECT split FROM settings) WHEN 'equal' THEN 27720 // count(*) OVER (PARTITION BY t.person, w.counts_on, t.item)
    WHEN 'logged' THEN greatest(sum(t.amount) FILTER (t.unit = 1), 1)
    ELSE greatest(least(count(*) FILTER (t.unit IN (3, 5)), 4) * 1000000, 1) END::BIGINT AS weight
FROM traced t
LEFT JOIN member_day m ON m.person = t.person AND t.day >= m.first AND t.day < m.last AND m.below = 0
LEFT JOIN team_calendar c ON c.team = coalesce(m.team, t.said)
JOIN workday w ON w.calendar = coalesce(c.calendar, 0) AND w.day = t.day
WHERE t.person > 0 AND t.unit IN (1, 3, 5)
  AND w.counts_on >= (SELECT low FROM bounds) AND w.counts_on < (SELECT high FROM bounds)
GROUP BY t.person, w.counts_on, t.item, t.said
--;
CREATE OR REPLACE TEMP TABLE cut AS
SELECT person, day, item, said, weight,
  sum(weight) OVER same_day AS above, sum(weight) OVER (PARTITION BY person, day) AS whole
FROM touched
WINDOW same_day AS (PARTITION BY person, day ORDER BY item, said ROWS UNBOUNDED PRECEDING)
--;
CREATE OR REPLACE TEMP TABLE person_days AS
WITH placed AS (
  SELECT c.item, c.day, c.person, coalesce(m.team, c.said) AS team,
    coalesce((m.above - m.below) * 100, 1000000)::BIGINT AS amount, c.weight, c.above, c.whole
  FROM cut c LEFT JOIN member_day m
    ON m.person = c.person AND c.day >= m.first AND c.day < m.last
)
SELECT item, day, team, 4 AS unit,
  ((amount::HUGEINT * above) // whole - (amount::HUGEINT * (above - weight)) // whole)::BIGINT AS amount,
  person
FROM placed
UNION ALL
-- days of people who were there and left no trace: on nothing that is known
SELECT 0, w.day, m.team, 4, ((m.above - m.below) * 100)::BIGINT, m.person
FROM member_day m
LEFT JOIN team_calendar c ON c.team = m.team
JOIN workday w ON w.calendar = coalesce(c.calendar, 0) AND w.day = w.counts_on
  AND w.day >= m.first AND w.day < m.last
WHERE (SELECT presence FROM settings) = 'people'
  AND w.day >= (SELECT low FROM bounds) AND w.day < (SELECT high FROM bounds)
  AND w.day >= (SELECT first FROM bounds) AND w.day <= (SELECT last FROM bounds)
  AND NOT EXISTS (SELECT 1 FROM touched t WHERE t.person = m.person AND t.day = w.day)
