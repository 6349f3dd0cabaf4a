"""Workshops: rooms, seats, acts, boards, and the proposal that comes out of them."""
