"""Azure DevOps: work items with their revisions."""
