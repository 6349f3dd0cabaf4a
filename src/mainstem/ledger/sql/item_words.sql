-- Step: the team of an item, as words for claims. Needs: effort, item_team, team_line.
-- Result: $into(item, words). Its own word first; else the team with most effort on it (the lowest number on a tie).
CREATE OR REPLACE TEMP TABLE $into AS
WITH mostly AS (
  SELECT item, min_by(team, (-amount, team)) AS team FROM (
    SELECT item, team, sum(CASE unit WHEN 4 THEN 0 ELSE amount END) AS amount
    FROM effort WHERE team > 0 AND item > 0 GROUP BY item, team)
  GROUP BY item
)
SELECT coalesce(t.item, m.item) AS item, l.words
FROM item_team t FULL JOIN mostly m ON m.item = t.item
JOIN team_line l ON l.team = coalesce(t.team, m.team)
