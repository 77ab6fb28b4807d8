"""The application, put together: the only module that knows all the others."""

from collections.abc import Sequence
from typing import Any

from flask import Flask

from users_api.config import Settings
from users_api.http import about, access, cors, setup, views
from users_api.openapi import views as openapi
from users_api.resource import Resource
from users_api.store.client import connect
from users_api.store.collection import Collection
from users_api.users import USERS

RESOURCES = (USERS,)


def create_app(settings: Settings, resources: Sequence[Resource[Any]] = RESOURCES) -> Flask:
    """Return the application with these settings, which serves these resources."""
    app = Flask("users_api", static_folder=None)
    setup.install(app)
    cors.install(app, settings.origins)
    access.install(app, settings, resources)
    client = connect(settings)
    collections = [Collection(client, each, settings.table) for each in resources]
    for collection in collections:
        views.register(app, collection)
    about.register(app, collections, docs_page=settings.docs_page)
    openapi.register(app, resources, page=settings.docs_page)
    return app
