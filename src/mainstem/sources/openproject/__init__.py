"""OpenProject: work packages and time entries."""
