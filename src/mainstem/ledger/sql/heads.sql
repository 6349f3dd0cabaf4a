-- Question: how many people stand behind each team's effort? Unit: people. Grain: one row per team.
-- Needs: effort, calendar(day, period).
SELECT e.team, count(DISTINCT e.person) FILTER (e.person > 0) AS people
FROM effort e JOIN calendar c ON c.day = e.day
GROUP BY e.team
