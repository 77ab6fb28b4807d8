"""`make run` as its user meets it."""
