"""Who is calling: the Lambda authorizer of API Gateway, a function of its own."""
