"""The two calls with FastAPI, behind Mangum, and boto3."""

import os

import boto3
from fastapi import FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel

app = FastAPI()
dynamodb = boto3.client("dynamodb")
USERS_TABLE = os.environ["USERS_TABLE"]


class User(BaseModel):
    userId: str
    name: str


@app.post("/users", status_code=201)
def create_user(user: User) -> User:
    item = {"userId": {"S": user.userId}, "name": {"S": user.name}}
    dynamodb.put_item(TableName=USERS_TABLE, Item=item)
    return user


@app.get("/users/{user_id}")
def get_user(user_id: str) -> User:
    item = dynamodb.get_item(TableName=USERS_TABLE, Key={"userId": {"S": user_id}}).get("Item")
    if item is None:
        raise HTTPException(404, 'Could not find user with provided "userId"')
    return User(userId=item["userId"]["S"], name=item["name"]["S"])


handler = Mangum(app, lifespan="off")
