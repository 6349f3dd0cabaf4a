"""Linear: issues with their history."""
