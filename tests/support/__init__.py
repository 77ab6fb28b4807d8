"""What several suites share: the service under test, ways to call it, and the wire to DynamoDB."""
