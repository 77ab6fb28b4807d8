"""The application, put together: the only module that knows all the others."""

from flask import Flask

from users_api import dynamodb, service, web
from users_api.config import Settings
from users_api.contract import views as contract
from users_api.users import views
from users_api.users.repository import UserRepository


def create_app(settings: Settings) -> Flask:
    """Return the application with these settings."""
    app = Flask("users_api", static_folder=None)
    web.install(app)
    users = UserRepository(
        dynamodb.connect(settings),
        users=settings.users_table,
        emails=settings.user_emails_table,
        idempotency=settings.idempotency_table,
    )
    service.register(app, users.check, "users", "health", "openapi", *["docs"] * settings.docs_page)
    contract.register(app, page=settings.docs_page)
    views.register(app, users)
    return app
