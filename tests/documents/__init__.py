"""The documents: every command on a page is tried, as far as it can be on this machine."""
