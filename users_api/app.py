"""The application, put together: the only module that knows all the others."""

from flask import Flask

from users_api import dynamodb, web
from users_api.config import Settings
from users_api.users import views
from users_api.users.repository import UserRepository


def create_app(settings: Settings) -> Flask:
    """Return the application with these settings."""
    app = Flask("users_api", static_folder=None)
    web.install(app)
    client = dynamodb.connect(settings)
    views.register(app, UserRepository(client, settings.users_table))
    return app
