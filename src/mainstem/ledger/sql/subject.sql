-- Step: the items to attribute, in the form that claims are compared with (lower case). A view, so that
-- each use reads only the columns that it needs.
-- Needs: items, pick(item), source_name(no, name), item_words(item, words) for claims by team.
CREATE OR REPLACE TEMP VIEW subject AS
SELECT i.item, i.chunk, i.source AS source_no, i.key AS raw_key, i.parent AS raw_parent, i.epic AS raw_epic,
  lower(i.key) AS key, lower(i.type) AS type, lower(i.state) AS state, lower(i.project) AS project,
  lower(i.epic) AS epic, lower(i.parent) AS parent, lower(n.name) AS source, coalesce(lower(i.title), '') AS title,
  i.labels AS raw_labels, i.components AS raw_components, i.paths AS raw_paths,
  list_transform(i.labels, lambda x: lower(x)) AS labels,
  list_transform(i.components, lambda x: lower(x)) AS components,
  list_transform(i.paths, lambda x: lower(x)) AS paths,
  i.fields, i.shares, coalesce(w.words, []) AS teams
FROM items i
SEMI JOIN pick USING (item)
LEFT JOIN source_name n ON n.no = i.source
LEFT JOIN item_words w ON w.item = i.item
