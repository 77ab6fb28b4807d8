"""The suite of `make test-serverless-local`."""
