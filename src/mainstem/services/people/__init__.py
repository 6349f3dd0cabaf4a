"""Who there is, what each may do, how they come in, and what is kept of what they did."""
