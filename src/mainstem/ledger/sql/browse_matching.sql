-- Question: which items of some days does a condition on items alone hold for? Unit: none.
-- Grain: one row per item that fits. Needs: near(item), items, source_name(no, name); its last line stands for the condition.
SELECT i.item
FROM items i SEMI JOIN near n ON n.item = i.item
WHERE true
