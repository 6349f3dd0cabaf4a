"""Suggestions of what work was for: learned, shown, accepted, audited."""
