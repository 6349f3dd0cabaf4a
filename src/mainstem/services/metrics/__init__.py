"""Values of metrics and key results, and what they say: progress, readings, effects of bets."""
