"""Work that nothing speaks for: its queue, what is done with it, and claims tried before they are saved."""
