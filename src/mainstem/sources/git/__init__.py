"""Work from the history of a git repository, or from a file that holds its log."""
