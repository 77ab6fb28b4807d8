"""A running service for a test class: the application, on tables of its own, in a real engine."""

import atexit
import json
import logging
import os
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any
from unittest import TestCase
from uuid import uuid4

from pydynox import DynamoDBClient

from local.engine import running_engine
from local.tables import connection, create_missing, environment
from tests.support.transports import Answer, Transport, transport
from users_api.app import RESOURCES, create_app
from users_api.config import Settings
from users_api.resource import Resource
from users_api.store.connection import Connection

logging.getLogger("pydynox").addHandler(logging.NullHandler())  # it warns of every slow request


LONGEST_WAIT = 30.0  # seconds that a look at the tables may take on a busy machine


@cache
def engine() -> str:
    """Return the URL of the DynamoDB that all tests share; one is started if none is given."""
    endpoint_url = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or _started_engine()
    os.environ.update(connection(endpoint_url))
    return endpoint_url


def _started_engine() -> str:
    resources = ExitStack()
    atexit.register(resources.close)
    return resources.enter_context(running_engine())


def fresh_settings(**others: str) -> Settings:
    """Return settings for new tables of the shared DynamoDB, and with other variables set.

    Unless these say otherwise, everybody may do everything.
    """
    stage = f"test-{uuid4().hex[:12]}"
    create_missing(engine(), stage)
    variables = connection(engine()) | environment(stage) | {"ACCESS": "open"}
    return Settings.from_environment(variables | others)


class Service:
    """The application, and a way to call it."""

    def __init__(
        self,
        settings: Settings | None = None,
        resources: Sequence[Resource[Any]] = RESOURCES,
        connection: Connection | None = None,
    ) -> None:
        self.settings = settings or fresh_settings()
        self.app = create_app(self.settings, resources, connection)
        self.send: Transport = transport(self.app)
        self._client = DynamoDBClient(
            region=self.settings.region,
            endpoint_url=self.settings.endpoint_url,
            connect_timeout=LONGEST_WAIT,
            read_timeout=LONGEST_WAIT,
        )

    def call(self, method: str, target: str, document: object = None, **headers: str) -> Answer:
        """Send a JSON document, or none; a header is given as a keyword: `If_Match="…"`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if document is None:
            return self.send(method, target, named, b"")
        content_type = {"Content-Type": "application/json"}
        return self.send(method, target, content_type | named, json.dumps(document).encode())

    def table(self) -> DynamoDBClient:
        """Return a client of the engine, to look at what is stored behind the service's back."""
        return self._client


class ServiceTest(TestCase):
    """Tests of one running service."""

    service: Service

    @classmethod
    def setUpClass(cls) -> None:
        cls.service = Service()

    def call(self, method: str, target: str, document: object = None, **headers: str) -> Answer:
        return self.service.call(method, target, document, **headers)

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        """Send bytes as they are."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.service.send(method, target, named, body)

    def stored(self) -> list[dict[str, Any]]:
        """Return every item of the users table."""
        return list(self.service.table().sync_scan(self.service.settings.table("users")))

    def assert_refused(self, answer: Answer, status: int, *fields: str) -> None:
        """Assert the one shape of a failure, naming exactly these fields."""
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertTrue(answer.headers["X-Request-Id"])
        said = answer.json
        self.assertIsInstance(said.pop("error"), str)
        self.assertEqual("code" in said, status != 404)
        said.pop("code", None)
        self.assertEqual([each["field"] for each in said.pop("errors", [])], list(fields))
        self.assertEqual(said, {})
