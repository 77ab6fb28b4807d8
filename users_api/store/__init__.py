"""What all resources have in common in DynamoDB."""
