"""Pages of the plan: tree, forms, revisions, proposals, cycles, text."""
