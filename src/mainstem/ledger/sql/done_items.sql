-- Question: which items are, or may be, work that somebody had asked about, and when was it worked on since?
-- Unit: items. Grain: one row per piece of asked work and item.
-- Needs: items, effort, names, asked(no, key, source, link, since), words(no, word, least); $after is a landing.
WITH fresh AS (
  SELECT item, key, title, source,
    rtrim(regexp_replace(regexp_replace(lower(coalesce(url, '')), '^[a-z]+://([^/@]*@)?', ''), '[?#].*$', ''), '/') AS link
  FROM items
  WHERE NOT coalesce(stub, FALSE) AND landing > $after
), named AS (
  SELECT f.*, coalesce(n.name, '') AS source_name
  FROM fresh f LEFT JOIN names n ON n.kind = 'source' AND n.no = f.source
), hits AS (
  SELECT a.no, f.item, 'link' AS how FROM asked a JOIN fresh f ON f.link = lower(a.link) WHERE a.link <> ''
  UNION ALL
  SELECT a.no, f.item, 'key' AS how FROM asked a JOIN named f ON lower(f.key) = a.key AND (a.source = '' OR f.source_name = a.source)
  WHERE a.key <> ''
  UNION ALL
  SELECT w.no, t.item, 'likeness' AS how
  FROM (SELECT DISTINCT item, unnest(string_split_regex(lower(coalesce(title, '')), '[^\pL\pN]+')) AS word FROM fresh) t
  JOIN words w ON w.word = t.word
  GROUP BY w.no, t.item HAVING count(*) >= max(w.least)
), worked AS (
  SELECT h.no, h.item, min(e.day) AS first_day
  FROM (SELECT DISTINCT no, item FROM hits) h
  JOIN asked a ON a.no = h.no
  JOIN effort e ON e.item = h.item AND e.day > a.since
  GROUP BY h.no, h.item
)
SELECT h.no, f.source_name || '/' || f.key AS item, coalesce(f.title, '') AS title, h.how, w.first_day
FROM hits h
JOIN worked w ON w.no = h.no AND w.item = h.item
JOIN named f ON f.item = h.item
ORDER BY h.no, item, h.how
