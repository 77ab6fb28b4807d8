"""What runs on a laptop and in tests: the embedded DynamoDB, its tables, and `make run`."""
