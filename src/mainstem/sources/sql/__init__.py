"""A query on one's own database or warehouse."""
