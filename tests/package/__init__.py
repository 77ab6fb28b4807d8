"""The suite of `make test-package`."""
