"""Jira, in the cloud and on one's own machines, with Tempo."""
