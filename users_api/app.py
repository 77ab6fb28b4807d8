"""The application, put together: the only module that knows all the others."""

from collections.abc import Sequence
from typing import Any

from flask import Flask

from users_api.config import Settings
from users_api.http import about, access, cors, log, setup, views
from users_api.openapi import views as openapi
from users_api.resource import Resource
from users_api.store.collection import Collection
from users_api.store.connection import Connection
from users_api.store.health import Tables
from users_api.users import USERS

RESOURCES: tuple[Resource[Any], ...] = (USERS,)


def create_app(
    settings: Settings,
    resources: Sequence[Resource[Any]] = RESOURCES,
    connection: Connection | None = None,
) -> Flask:
    """Return the application with these settings, which serves these resources.

    It makes a connection to DynamoDB of its own unless one is given.
    """
    connection = connection or Connection(settings)
    app = setup.Service("users_api", static_folder=None)
    log.install(app, settings, {each.name: each.key for each in resources})
    setup.install(app)
    cors.install(app, settings.origins)
    access.install(app, settings, resources)
    for each in resources:
        views.register(app, Collection(connection, each, settings.table))
    tables = Tables(connection, resources, settings.table)
    about.register(app, resources, tables, docs_page=settings.docs_page)
    openapi.register(app, resources, settings)
    return app
