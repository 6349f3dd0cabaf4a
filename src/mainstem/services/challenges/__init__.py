"""The challenge: what would disqualify a thing of the plan, and what was answered."""
