"""Work items and their effort: brought in, browsed, explained, shared out by hand, contested."""
