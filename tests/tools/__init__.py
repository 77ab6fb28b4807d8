"""The suite of `make test-tools`: export, import, erase and verify."""
