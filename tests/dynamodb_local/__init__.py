"""The suite of `make test-dynamodb-local`, and the DynamoDB Local that it is run on."""
