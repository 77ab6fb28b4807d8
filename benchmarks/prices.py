"""What AWS asks: the one place for prices."""

# Published prices in US dollars, us-east-1, first tier, without a free tier, as of November 2026:
# the pricing pages of AWS Lambda, API Gateway, DynamoDB, CloudWatch, KMS and X-Ray.
LAMBDA_MILLION = 0.20
LAMBDA_GB_SECOND = 0.0000133334  # arm64
REST_API_MILLION = 3.50
HTTP_API_MILLION = 1.00
READ_UNITS_MILLION = 0.125  # on demand: up to 4 KB, strongly consistent
WRITE_UNITS_MILLION = 0.625  # on demand: up to 1 KB; two for each item of a transaction

ALARM_METRIC = 0.10  # a month, for each metric that an alarm looks at
DASHBOARD = 3.00  # a month
METRIC = 0.30  # a month, for each that AWS does not send by itself
LOG_GB = 0.50  # taken in
KEY = 1.00  # a month
TRACES_MILLION = 5.00
