"""Page data of the challenge: the whole plan, one thing, and the catalogue of statements."""
