"""The zips that go to Lambda: what is in them, and that the service's runs."""

import json
import marshal
import re
from contextlib import AbstractContextManager
from importlib.metadata import packages_distributions
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any
from unittest import TestCase
from zipfile import ZipFile

from local.engine import running_engine
from local.tables import create_missing
from tests.support import canaries
from tests.support.osls import PROJECT, compiled, copy_of_the_project, osls
from tests.support.runtime_api import Function, running_function
from tests.support.senders import sent, verified
from tests.support.wire import Plan, tapped
from tests.support.wire_faults import hung

UNCHECKED_HASH = b"\1\0\0\0"
ELF_MACHINES = {"x86_64": 62, "arm64": 183}
TOKEN = ("access=token", "issuer=https://id.example.com", "audience=users-api")


def authorizer(package: Path) -> Path:
    """Return the zip of the authorizer that was made with that of the service."""
    return package.with_name("authorizer.zip")


class PackageTest(TestCase):
    """Tests of packages of one architecture."""

    architecture: str
    folder: Path
    package: Path
    resources: dict[str, Any]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.package, cls.resources = cls.packaged("first")

    @classmethod
    def packaged(cls, name: str) -> tuple[Path, dict[str, Any]]:
        """Package a copy of the project, called `name`."""
        project = copy_of_the_project(cls.folder / name)
        (project / "users_api" / "__pycache__").mkdir()
        (project / "users_api" / "__pycache__" / "app.cpython-313.pyc").write_bytes(b"stale")
        (project / ".env").write_text("SECRET=1\n")
        parameters = [f"--param={each}" for each in (f"architecture={cls.architecture}", *TOKEN)]
        osls(project, "package", *parameters)
        return compiled(project)

    def contents(self) -> dict[str, bytes]:
        """Return every file of the service's zip."""
        with ZipFile(self.package) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def assert_native_libraries(self) -> None:
        """Assert that each zip holds libraries, and that each is for the architecture."""
        for package in (self.package, authorizer(self.package)):
            with ZipFile(package) as archive:
                libraries = [archive.read(name) for name in archive.namelist() if ".so" in name]
            self.assertTrue(libraries)
            for content in libraries:
                machine = int.from_bytes(content[18:20], "little")
                self.assertEqual(content[:4], b"\x7fELF")
                self.assertEqual(machine, ELF_MACHINES[self.architecture])


class X86Test(PackageTest):
    """The package for x86_64, which runs here."""

    architecture = "x86_64"
    engine: str
    function: Function

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.engine = cls.enterClassContext(running_engine())
        create_missing(cls.engine, "dev")
        cls.function = cls.enterClassContext(cls.running(cls.engine))

    @classmethod
    def running(cls, dynamodb: str, **variables: str) -> AbstractContextManager[Function]:
        """Run the function with this DynamoDB, and with other environment variables."""
        configuration = cls.resources["ApiLambdaFunction"]["Properties"]
        told = configuration["Environment"]["Variables"] | {"ACCESS": "open"}
        environment = {"Variables": told | variables}
        return running_function(cls.package, configuration | {"Environment": environment}, dynamodb)

    def test_runs_as_on_lambda(self) -> None:
        """A user that is created through the packaged function can be read through it."""
        sent = '{"name": "John", "userId": "someUserId"}'
        created = self.function.request("POST", "/users", sent)
        read = self.function.request("GET", "/users/someUserId")
        self.assertEqual((created.status, read.status), (201, 200), self.function.log())
        self.assertEqual(created.body, b'{"userId":"someUserId","name":"John"}')
        self.assertEqual(read.body, created.body)
        self.assertEqual(created.headers["Location"], "/dev/users/someUserId")
        unpacked = [path for path in self.function.root.rglob("*") if path.is_file()]
        self.assertEqual(len(unpacked), len(self.contents()), "nothing is written to the code")

    def test_connects_before_the_first_request(self) -> None:
        """The first request finds a connection; after a restored snapshot, a new one."""
        for kind, connections in {"on-demand": 1, "snap-start": 2}.items():
            with (
                self.subTest(kind),
                tapped(self.engine) as wire,
                self.running(wire.url, AWS_LAMBDA_INITIALIZATION_TYPE=kind) as function,
            ):
                function.initialized()
                self.assertEqual(wire.connections, connections)
                self.assertEqual(function.request("GET", "/users/nobody").status, 404)
                self.assertEqual(wire.connections, connections)

    def test_starts_without_dynamodb(self) -> None:
        """While DynamoDB does not answer, the function starts and says so."""
        with tapped(self.engine) as wire:
            wire.follow(Plan(hung, "GetItem", lasting=True))
            with self.running(wire.url) as function:
                function.initialized()
                self.assertEqual(function.request("GET", "/users/nobody").status, 503)

    def test_executes_no_commands(self) -> None:
        """The commands that serverless-wsgi's own handler would run are not run."""
        trace = self.folder / "trace"
        for command, data in {
            "exec": f"open({str(trace)!r}, 'w')",
            "command": f"touch {trace}",
            "manage": f"shell -c \"open({str(trace)!r}, 'w')\"",
            "flask": f"shell -c \"open({str(trace)!r}, 'w')\"",
        }.items():
            with self.subTest(command):
                event = {"_serverless-wsgi": {"command": command, "data": data}}
                self.assertEqual(self.function.invoke(event)["statusCode"], 400)
                self.assertFalse(trace.exists())

    def test_logs_json(self) -> None:
        """What the function logs is JSON with the id of the request."""
        self.function.invoke({"Records": []})
        entry = json.loads(self.function.log().splitlines()[-1])
        self.assertEqual(entry["level"], "ERROR")
        self.assertTrue(entry["requestId"])

    def test_logs_nothing_personal(self) -> None:
        """Each request leaves a line with its metrics, and nothing of what it was sent."""
        requests = canaries.planted()
        for each in requests:
            event = sent("rest-v1", each.method, each.target, each.headers, each.body)
            self.function.invoke(verified(event, each.claims))
        lines = [line for line in self.function.log().splitlines() if '"_aws"' in line]
        self.assertGreaterEqual(len(lines), len(requests))
        self.assertEqual(canaries.found(self.function.log()), [])

    def test_has_bytecode(self) -> None:
        """Every module has bytecode of the runtime's Python, which is loaded without a check."""
        contents = self.contents()
        modules = [name for name in contents if name.endswith(".py")]
        self.assertIn("users_api/lambda_handler.py", modules)
        self.assertEqual(
            {cache_from_source(name) for name in modules},
            {name for name in contents if name.endswith(".pyc")},
        )
        for name in modules:
            bytecode = contents[cache_from_source(name)]
            self.assertEqual(bytecode[:8], MAGIC_NUMBER + UNCHECKED_HASH, name)

    def test_has_docstrings(self) -> None:
        """Our modules keep their docstrings, of which the contract is made; libraries do not."""
        contents = self.contents()
        for name, keeps in (("users_api/http/views.py", True), ("flask/app.py", False)):
            module = marshal.loads(contents[cache_from_source(name)][16:])
            classes = [each for each in module.co_consts if isinstance(each, CodeType)]
            told = ["__doc__" in each.co_names for each in classes]
            self.assertEqual(any(told), keeps, name)

    def test_holds_what_the_function_needs(self) -> None:
        """The zip holds the application and its locked requirements, and nothing else."""
        contents = self.contents()
        ours = {name for name in contents if name.startswith("users_api/")}
        files = {
            path.relative_to(PROJECT).as_posix()
            for path in (PROJECT / "users_api").rglob("*.*")
            if path.suffix != ".pyc"
        }
        bytecode = {cache_from_source(name) for name in files if name.endswith(".py")}
        self.assertEqual(ours, files | bytecode)

        self.assertNotIn("jwt", {name.partition("/")[0] for name in contents})
        lock = (PROJECT / "requirements.txt").read_text("utf-8")
        locked = set(re.findall(r"^([\w-]+)==", lock, re.MULTILINE))
        distributions = packages_distributions()
        for name in contents.keys() - ours:
            with self.subTest(name):
                top, _, rest = name.removeprefix("__pycache__/").partition("/")
                module = top.partition(".")[0]
                owners = distributions.get(module, [top.partition("-")[0]])
                self.assertIn(owners[0].lower().replace("_", "-"), locked)
                self.assertNotEqual(rest, "RECORD")

    def test_is_reproducible(self) -> None:
        """A second packaging, in another folder, gives the same bytes."""
        again, _ = self.packaged("second")
        self.assertEqual(again.read_bytes(), self.package.read_bytes())
        self.assertEqual(authorizer(again).read_bytes(), authorizer(self.package).read_bytes())

    def test_native_libraries(self) -> None:
        """The native libraries are for x86_64."""
        self.assert_native_libraries()


class ArmTest(PackageTest):
    """The package for arm64, which is the default on Lambda."""

    architecture = "arm64"

    def test_native_libraries(self) -> None:
        """The native libraries are for arm64."""
        self.assert_native_libraries()
