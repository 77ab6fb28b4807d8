"""The contract of the service, and a page on which to read and try it."""
