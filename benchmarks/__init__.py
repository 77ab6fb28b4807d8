"""Speed and cost: the service against its peers, and against itself as its tables grow."""
