"""Connected sources: set up, synced, proved, shown; and messages that they send by themselves."""
