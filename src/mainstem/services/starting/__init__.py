"""Beginning: a starter plan, with proposals where a repository gives ground."""
