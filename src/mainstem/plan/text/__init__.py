"""The plan as text: reading with places, writing, formatting, and the schema for editors."""
