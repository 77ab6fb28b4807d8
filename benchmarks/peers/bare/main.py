"""The two calls with boto3 and nothing else, in the style of AWS's own examples."""

import json
import os

import boto3

dynamodb = boto3.client("dynamodb")
USERS_TABLE = os.environ["USERS_TABLE"]


def handler(event, context):
    if event["httpMethod"] == "POST" and event["path"] == "/users":
        return create_user(json.loads(event["body"]))
    if event["httpMethod"] == "GET" and event["path"].startswith("/users/"):
        return get_user(event["path"].removeprefix("/users/"))
    return respond(404, {"error": "Not found"})


def create_user(user):
    item = {"userId": {"S": user["userId"]}, "name": {"S": user["name"]}}
    dynamodb.put_item(TableName=USERS_TABLE, Item=item)
    return respond(201, {"userId": user["userId"], "name": user["name"]})


def get_user(user_id):
    item = dynamodb.get_item(TableName=USERS_TABLE, Key={"userId": {"S": user_id}}).get("Item")
    if item is None:
        return respond(404, {"error": 'Could not find user with provided "userId"'})
    return respond(200, {"userId": item["userId"]["S"], "name": item["name"]["S"]})


def respond(status, body):
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
    }
