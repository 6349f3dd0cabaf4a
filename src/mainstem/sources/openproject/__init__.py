"""OpenProject: work packages with their history, and logged time."""
