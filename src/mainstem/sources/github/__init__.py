"""GitHub: issues and pull requests."""
