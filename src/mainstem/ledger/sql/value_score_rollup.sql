-- Question: how much effort went where? The same as value_score.sql, from the roll-up.
-- Needs: rollup, calendar(day, period), scope(team, cell), place(target, cell, kind).
SELECT c.period, s.cell AS team_cell, p.place, CAST(sum(r.amount) AS BIGINT) AS amount
FROM rollup r
JOIN calendar c ON c.day = r.day
JOIN scope s ON s.team = r.team
JOIN place p ON p.target = r.target
WHERE r.unit = $unit
GROUP BY c.period, s.cell, p.place
