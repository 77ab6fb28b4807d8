"""The suite of `make test-deploy`."""
