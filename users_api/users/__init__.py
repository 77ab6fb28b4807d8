"""The resource `/users`."""
