"""`make run`: what it shows, what it survives, what it leaves behind, and how it says no."""

import os
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import TestCase

from local.engine import STAND_IN, running_engine
from tests.run.newcomer import MakeRun, copy_of_the_project, make, processes, until

JOHN = b'{"userId":"someUserId","name":"John"}'
TOOLS = (".venv", "node_modules")


class RunTest(TestCase):
    """A test with a copy of the project of its own."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.project = copy_of_the_project(self.folder, *TOOLS)

    def start(self, **variables: str) -> MakeRun:
        """Start `make run` without waiting."""
        output = self.enterContext(tempfile.TemporaryFile())
        run = MakeRun(self.project, output, **variables)
        self.addCleanup(run.clean_up)
        return run

    def up(self, **variables: str) -> MakeRun:
        """Start `make run` and wait until the API answers."""
        run = self.start(**variables)
        run.until_up()
        return run

    def create_john(self, run: MakeRun) -> None:
        answer = run.call("POST", "/users", b'{"name": "John", "userId": "someUserId"}')
        self.assertEqual(answer, (201, JOHN))

    def assert_john(self, run: MakeRun) -> None:
        self.assertEqual(run.call("GET", "/users/someUserId"), (200, JOHN))


class CallsTest(RunTest):
    """The API, used."""

    def test_calls(self) -> None:
        """The calls of the welcome work, and each is logged as one short line."""
        run = self.up()
        self.create_john(run)
        self.assert_john(run)
        missing = b'{"error":"Could not find user with provided \\"userId\\""}'
        self.assertEqual(run.call("GET", "/users/%1b%0a%E2%80%AE"), (404, missing))
        welcome, log = run.said().split("curl http", 1)
        self.assertTrue(welcome.startswith(f"The users API is at http://127.0.0.1:{run.port} "))
        self.assertIn(".local/data", welcome)
        self.assertRegex(log, r"\nPOST /users 201 \d+ ms\nGET /users/someUserId 200 \d+ ms\n")
        self.assertTrue(log.isascii())

    def test_reload(self) -> None:
        """A change is loaded; code that does not load answers 500 until it is mended."""
        run = self.up()
        self.create_john(run)
        source = self.project / "users_api" / "wsgi.py"
        original = source.read_text("utf-8")
        source.write_text(
            f"{original}\napp.add_url_rule('/new', view_func=lambda: 'new')\n", "utf-8"
        )
        until(lambda: run.call("GET", "/new") == (200, b"new"), otherwise="not reloaded")
        source.write_text("def app(:", "utf-8")
        until(lambda: run.call("GET", "/new")[0] == 500, otherwise="still the old code")
        until(lambda: run.call("GET", "/new")[1].startswith(b'{"error":"'), otherwise="no words")
        self.assertIn("SyntaxError", run.said())
        source.write_text(original, "utf-8")
        until(lambda: run.call("GET", "/new")[0] == 404, otherwise="not mended")
        self.assert_john(run)

    def test_messages(self) -> None:
        """What the service logs is shown; what its library says of slow requests is not."""
        source = self.project / "users_api" / "wsgi.py"
        logs = [f"logging.getLogger('{name}').warning('{name}')" for name in ("pydynox", "app")]
        source.write_text("\n".join([source.read_text("utf-8"), "import logging", *logs]), "utf-8")
        said = self.up().said()
        self.assertIn("\napp\n", said)
        self.assertNotIn("pydynox", said)

    def test_error(self) -> None:
        """An error of one's own code is shown whole, and can do nothing to the terminal."""
        source = self.project / "users_api" / "users" / "__init__.py"
        rule = "\n\ndef wrong(user, _):\n    raise ValueError(user.name + '\\x1b')\n\n\nUSERS = "
        original = source.read_text("utf-8")
        changed = original.replace("\nUSERS = ", rule)
        self.assertNotEqual(changed, original)
        source.write_text(changed.replace("key=", "rule=wrong, key=", 1), "utf-8")
        run = self.up()
        status, body = run.call("POST", "/users", b'{"name": "John"}')
        self.assertEqual(status, 500)
        self.assertNotIn(b"ValueError", body)
        said = run.said()
        self.assertIn("Traceback (most recent call last):\n", said)
        self.assertIn("in wrong\n    raise ValueError(user.name + '\\x1b')\n", said)
        self.assertIn("\nValueError: John?\n", said)

    def test_no_engine(self) -> None:
        """Without an engine, and without npm to install one, moto takes its place and says so."""
        (self.project / "node_modules").unlink()
        programs = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (programs / "grep").symlink_to(shutil.which("grep") or "grep")  # the Makefile needs it
        run = self.up(PATH=str(programs))
        self.create_john(run)
        self.assert_john(run)
        self.assertIn(STAND_IN, run.said())

    def test_other_dynamodb(self) -> None:
        """With AWS_ENDPOINT_URL_DYNAMODB the data goes there, and there is no engine."""
        url = self.enterContext(running_engine())
        run = self.up(AWS_ENDPOINT_URL_DYNAMODB=url)
        self.create_john(run)
        self.assert_john(run)
        self.assertEqual(len(run.family()), 2)
        self.assertIn(f"Its data is in the DynamoDB at {url}", run.said())
        self.assertFalse((self.project / ".local").exists())


class EndTest(RunTest):
    """The end, in all its forms: nothing is left behind but the data."""

    def test_polite_ends(self) -> None:
        """Ctrl-C, SIGTERM and SIGHUP end everything without a word."""
        for name, end in {
            "Ctrl-C": lambda run: run.signal_all(signal.SIGINT),
            "SIGTERM": lambda run: run.signal_make(signal.SIGTERM),
            "SIGHUP": lambda run: run.signal_all(signal.SIGHUP),
        }.items():
            with self.subTest(name):
                self.assertNotIn("Traceback", self.ended(end).said())

    def test_kills(self) -> None:
        """Whichever process is killed, none is left, and the failure shows in the exit code."""
        for name, end in {
            "make": lambda run: run.signal_make(signal.SIGKILL),
            "supervisor": lambda run: os.kill(run.family()[0].pid, signal.SIGKILL),
            "engine": lambda run: os.kill(run.family()[1].pid, signal.SIGKILL),
            "api": lambda run: os.kill(run.family()[-1].pid, signal.SIGKILL),
        }.items():
            with self.subTest(name):
                self.assertNotEqual(self.ended(end).exit_code(), 0)

    def test_killed_engine(self) -> None:
        """When the engine is killed, one sentence says why all has ended."""
        run = self.up()
        os.kill(run.family()[1].pid, signal.SIGKILL)
        self.assertNotEqual(run.exit_code(), 0)
        sentence = "The embedded DynamoDB engine has ended before its time: start `make run` again."
        self.assertRegex(run.said(), rf"\n{sentence}\nmake: \*\*\* .* Error 1\n\Z")

    def ended(self, end: Callable[[MakeRun], None]) -> MakeRun:
        """Start, end in a way, see that nothing is left, and that the next start has the data."""
        run = self.up()
        family = {each.pid for each in run.family()}
        self.assertEqual(len(family), 3)
        if run.call("GET", "/users/someUserId")[0] == 404:
            self.create_john(run)
        end(run)
        run.exit_code()
        until(lambda: not family & processes().keys(), otherwise="a process is left behind")
        again = self.up()
        self.assert_john(again)
        again.clean_up()
        return run


class RefusalTest(RunTest):
    """What cannot be run is refused in one clear sentence and a non-zero exit."""

    def assert_refused(self, run: MakeRun, *words: str) -> None:
        self.assertNotEqual(run.exit_code(), 0)
        sentence, *make_says = run.said().splitlines()
        for word in words:
            self.assertIn(word, sentence)
        self.assertRegex("\n".join(make_says), r"^make: \*\*\* .* Error 1$")

    def test_taken_port(self) -> None:
        """A port at which another program listens."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = str(listener.getsockname()[1])
            self.assert_refused(self.start(PORT=port), f"{port} (Address already in use):", "PORT=")

    def test_impossible_settings(self) -> None:
        """A port that is no port, an address of another machine, an endpoint that is no URL."""
        for name, value in {
            "PORT": "abc",
            "PORT ": "0",
            "PORT  ": "65536",
            "PORT   ": "٣٣٣٣",
            "HOST": "192.0.2.1",
            "HOST ": f"{'a' * 64}.example",
            "AWS_ENDPOINT_URL_DYNAMODB": "localhost:8000",
        }.items():
            with self.subTest(name.strip(), value=value):
                self.assert_refused(self.start(**{name.strip(): value}), value)

    def test_no_dynamodb_there(self) -> None:
        """An endpoint at which nothing listens."""
        url = "http://127.0.0.1:1"
        self.assert_refused(self.start(AWS_ENDPOINT_URL_DYNAMODB=url), url)

    def test_no_data_folder(self) -> None:
        """A place for the data in which nothing can be written."""
        (self.project / ".local").touch()
        self.assert_refused(self.start(), ".local/data", "Not a directory")

    def test_data_in_use(self) -> None:
        """A second one on the same data: the sentence says which, and the first goes on."""
        first = self.up()
        self.assert_refused(self.start(), ".local/data", "in use")
        self.create_john(first)

    def test_reset(self) -> None:
        """`make reset` leaves data alone that is in use, and forgets it once it is not."""
        run = self.up()
        self.create_john(run)
        refused = make(self.project, "reset")
        self.assertNotEqual(refused.returncode, 0)
        self.assertRegex(
            refused.stderr, r"^The data in \S+/\.local/data is in use by a `make run` or a command "
        )
        self.assertEqual(refused.stdout, "")
        self.assert_john(run)
        run.clean_up()
        self.assertEqual(make(self.project, "reset").stdout, "The local data is gone.\n")
        self.assertEqual(self.up().call("GET", "/users/someUserId")[0], 404)

    def test_wrong_key(self) -> None:
        """A definition with another key than its resource, and a table that was made of it."""
        definition = self.project / "infra" / "users.yml"
        right = definition.read_text("utf-8")
        definition.write_text(right.replace("userId", "user-id"), "utf-8")
        refused = "infra/users.yml makes a table with the key user-id; `users` needs userId."
        self.assert_ended(self.start(), refused)
        source = self.project / "users_api" / "app.py"
        service = source.read_text("utf-8")
        none = re.sub(r"(?m)^(RESOURCES: .* = )\([^)]*\)", r"\1()", service)
        source.write_text(none, "utf-8")
        self.up().clean_up()
        source.write_text(service, "utf-8")
        self.assert_ended(self.start(), refused)
        definition.write_text(right, "utf-8")
        self.assert_ended(self.start(), "The table users-table-local was made with another key")
        make(self.project, "reset")
        self.create_john(self.up())

    def assert_ended(self, run: MakeRun, sentence: str) -> None:
        """Assert that it said one sentence after its welcome."""
        self.assertNotEqual(run.exit_code(), 0)
        self.assertNotIn("Traceback", run.said())
        _, said = run.said().split("someUserId\n\n")
        self.assertTrue(said.startswith(sentence), said)
        self.assertRegex(said, r"\A[^\n]+\nmake: \*\*\* .* Error 1\n\Z")

    def test_reset_without_tools(self) -> None:
        """Before anything is installed, `make reset` needs nothing."""
        (self.project / ".venv").unlink()
        data = self.project / ".local" / "data"
        data.mkdir(parents=True)
        self.assertEqual(make(self.project, "reset").stdout, "The local data is gone.\n")
        self.assertFalse(data.exists())
