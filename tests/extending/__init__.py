"""The project, extended as its documents say."""
