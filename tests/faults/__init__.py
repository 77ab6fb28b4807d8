"""The service when DynamoDB fails, and when many write at once."""
