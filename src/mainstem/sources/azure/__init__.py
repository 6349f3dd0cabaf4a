"""Azure DevOps: work items of Azure Boards with their revisions."""
