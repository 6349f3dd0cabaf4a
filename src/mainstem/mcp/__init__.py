"""The same use cases as tools for assistants that speak the Model Context Protocol."""
