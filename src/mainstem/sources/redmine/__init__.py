"""Redmine: issues and time entries."""
