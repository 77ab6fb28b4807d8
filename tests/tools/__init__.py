"""The suite of `make test-tools`: export, import, erase, verify and restore."""
