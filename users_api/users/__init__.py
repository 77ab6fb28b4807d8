"""The resource `/users`: what is special about it."""

from users_api.resource import Resource
from users_api.users.model import User

USERS = Resource(
    name="users", model=User, key="userId", unique={"email": str.lower}, owner="userId"
)
