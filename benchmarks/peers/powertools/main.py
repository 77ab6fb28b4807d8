"""The two calls with the REST resolver of Powertools for AWS Lambda, and boto3."""

import os
from http import HTTPStatus

import boto3
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

app = APIGatewayRestResolver()
dynamodb = boto3.client("dynamodb")
USERS_TABLE = os.environ["USERS_TABLE"]


@app.post("/users")
def create_user():
    user: dict = app.current_event.json_body
    item = {"userId": {"S": user["userId"]}, "name": {"S": user["name"]}}
    dynamodb.put_item(TableName=USERS_TABLE, Item=item)
    return {"userId": user["userId"], "name": user["name"]}, HTTPStatus.CREATED


@app.get("/users/<user_id>")
def get_user(user_id: str):
    item = dynamodb.get_item(TableName=USERS_TABLE, Key={"userId": {"S": user_id}}).get("Item")
    if item is None:
        raise NotFoundError('Could not find user with provided "userId"')
    return {"userId": item["userId"]["S"], "name": item["name"]["S"]}


def handler(event: dict, context: LambdaContext) -> dict:
    return app.resolve(event, context)
