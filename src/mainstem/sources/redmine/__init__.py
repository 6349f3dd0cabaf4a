"""Redmine: issues with their history, and logged time."""
