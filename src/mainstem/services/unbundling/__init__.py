"""Unbundling an objective, question by question, alone or with others."""
