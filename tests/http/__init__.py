"""The service as its clients see it, on a real DynamoDB engine."""
