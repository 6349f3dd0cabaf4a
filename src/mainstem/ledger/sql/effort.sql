-- Step: effort of the derived months: what was given and the person-days worked out from it.
SELECT *, strftime(day, '%Y-%m') AS month FROM given WHERE amount > 0
UNION ALL SELECT *, strftime(day, '%Y-%m') AS month FROM person_days WHERE amount > 0
