"""A query on one's own database or warehouse, as work or as values of metrics."""
