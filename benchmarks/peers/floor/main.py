"""The floor: what Lambda's runtime client and Python cost with a handler that does nothing."""

ANSWER = {
    "statusCode": 200,
    "headers": {"Content-Type": "application/json"},
    "body": '{"userId":"someUserId","name":"John"}',
}


def handler(event, context):
    return ANSWER
