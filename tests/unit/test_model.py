"""What a user is, and how it grows."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import TestCase

from users_api.users.model import FIELDS

PROJECT = Path(__file__).parent.parent.parent
NEW_FIELD = "    nickname: Annotated[str, Meta(max_length=64)] | None = None\n"
LAST_FIELD = "    email: Email | None = None\n"

STORY = """
from tests.service import Service

call = Service().call
created = call("POST", "/users", {"userId": "a", "name": "Ada", "nickname": "Countess"})
assert created.body == b'{"userId":"a","name":"Ada","nickname":"Countess"}', created
assert call("GET", "/users/a").body == created.body
assert call("GET", "/users").json == {"users": [created.json]}
changed = call("PATCH", "/users/a", {"nickname": "Lady"})
assert changed.json["nickname"] == "Lady", changed
for bad in ["n" * 65, 1, ["x"]]:
    for refused in [
        call("PATCH", "/users/a", {"nickname": bad}),
        call("POST", "/users", {"name": "Ada", "nickname": bad}),
    ]:
        assert refused.status == 400, refused
        assert [each["field"] for each in refused.json["errors"]] == ["nickname"], refused
assert call("PATCH", "/users/a", {"nickname": None}).json == {"userId": "a", "name": "Ada"}
assert call("GET", "/users/a").body == b'{"userId":"a","name":"Ada"}'
"""


class NewFieldTest(TestCase):
    """Adding an optional field is one line in `model.py`."""

    def test_one_line(self) -> None:
        """The line that the README shows is all it takes, from validation to storage."""
        self.assertIn(NEW_FIELD, (PROJECT / "README.md").read_text("utf-8"))
        copy = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for package in ["users_api", "local", "infra", "tests"]:
            shutil.copytree(PROJECT / package, copy / package)
        (copy / "node_modules").symlink_to(PROJECT / "node_modules")
        model = copy / "users_api" / "users" / "model.py"
        source = model.read_text("utf-8")
        model.write_text(source.replace(LAST_FIELD, LAST_FIELD + NEW_FIELD), "utf-8")
        told = subprocess.run(
            [sys.executable, "-c", STORY], cwd=copy, capture_output=True, text=True, check=False
        )
        self.assertEqual((told.returncode, told.stderr), (0, ""))

    def test_names(self) -> None:
        """No field of a user has the name of something that the store keeps about it."""
        kept = {"version", "createdAt", "creationId", "updatedAt", "writeId"}
        self.assertEqual(FIELDS & kept, set())
