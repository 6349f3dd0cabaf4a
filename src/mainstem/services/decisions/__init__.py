"""Does this qualify? Asked, answered, decided, overruled, and what became of it."""
