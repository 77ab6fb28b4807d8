"""The settings, and what happens without them."""

import os
import subprocess
import sys
from pathlib import Path
from unittest import TestCase

from local.tables import environment
from users_api.app import create_app
from users_api.config import Settings, SettingsError
from users_api.store.client import connect

TABLES = environment("test")
NO_DYNAMODB = {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"}  # nothing listens there


class SettingsTest(TestCase):
    """`Settings.from_environment`."""

    def test_reads_the_environment(self) -> None:
        """Each setting has its variable; other variables are none of its business."""
        settings = Settings.from_environment(TABLES | {"AWS_REGION": "eu-west-1", "PATH": "/bin"})
        self.assertEqual(
            (settings.table("users"), settings.region), (TABLES["USERS_TABLE"], "eu-west-1")
        )
        self.assertFalse(settings.offline)

    def test_names_what_is_missing(self) -> None:
        """A table whose name is missing or empty is named by its variable, and by its file."""
        for name in TABLES:
            file = f"infra/{name.removesuffix('_TABLE').lower().replace('_', '-')}.yml"
            self.assertTrue(Path(file).exists(), file)
            sentence = f"{name} is missing, which {file} sets$"
            for environ in [TABLES | {name: ""}, {each: "x" for each in TABLES if each != name}]:
                with self.subTest(environ=environ), self.assertRaisesRegex(SettingsError, sentence):
                    create_app(Settings.from_environment(environ))

    def test_access(self) -> None:
        """Who says nothing of access has a service that asks for tokens."""
        for said, access in [({}, "token"), ({"ACCESS": "open"}, "open")]:
            self.assertEqual(Settings.from_environment(said).access, access)
        for wrong in ["", "Open", "none"]:
            with self.subTest(wrong), self.assertRaisesRegex(SettingsError, "ACCESS"):
                Settings.from_environment({"ACCESS": wrong})

    def test_offline(self) -> None:
        """`osls wsgi serve` says that it is offline; a client can be made without more."""
        settings = Settings.from_environment(TABLES | {"IS_OFFLINE": "True"})
        self.assertTrue(settings.offline)
        self.assertEqual(connect(settings).get_region(), settings.region)


class EntryPointTest(TestCase):
    """The modules that a server imports."""

    def test_missing_setting(self) -> None:
        """Without a setting the service does not start, and says which it is."""
        for module in ["users_api.wsgi", "users_api.lambda_handler"]:
            with self.subTest(module=module):
                ended = self.imported(module, {"IDEMPOTENCY_TABLE": "x"})
                self.assertNotEqual(ended.returncode, 0)
                self.assertIn("USERS_TABLE", ended.stderr)

    def test_starts(self) -> None:
        """With its settings it starts, whether or not DynamoDB answers."""
        snap_start = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
        for module in ["users_api.wsgi", "users_api.lambda_handler"]:
            for others in ({}, snap_start):
                with self.subTest(module=module, others=others):
                    ended = self.imported(module, TABLES | others)
                    self.assertEqual((ended.returncode, ended.stderr), (0, ""))

    def imported(self, module: str, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
        environ = {name: text for name, text in os.environ.items() if name not in TABLES}
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", f"import {module}"],
            env=environ | NO_DYNAMODB | settings,
            capture_output=True,
            text=True,
            check=False,
        )
