-- Question: how much effort went where? Unit: parts of the asked unit (millionths x ten-thousandths).
-- Grain: one row per period, cell and target column. From the raw ledger.
-- Needs: effort, attribution, calendar(day, period), scope(team, cell), place(target, cell, kind).
--   `calendar` holds only the days asked for, `scope` only the teams asked for, `place` every target.
SELECT c.period, s.cell AS team_cell, p.place, CAST(sum(e.amount * coalesce(a.share, 10000)) AS BIGINT) AS amount
FROM effort e
JOIN calendar c ON c.day = e.day
JOIN scope s ON s.team = e.team
LEFT JOIN attribution a ON a.item = e.item
JOIN place p ON p.target = coalesce(a.target, 0)
WHERE e.unit = $unit
GROUP BY c.period, s.cell, p.place
