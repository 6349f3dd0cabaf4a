"""What runs by itself: one table of what runs when; each job calls one service."""
