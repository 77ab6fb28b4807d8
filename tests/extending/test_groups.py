"""A second resource with every guarantee of the first: `groups`, added as the page says."""

import filecmp
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import TestCase

from local.engine import running_engine
from tests.extending.copies import PROJECT, Copy
from tests.support.osls import compiled, osls
from tests.support.runtime_api import running_function

MOST_LINES = 80
INSTALLED = (".", "node_modules")  # or written by a tool
SUITE = ("-m", "unittest", "discover", "--top-level-directory", ".", "--start-directory")


class GroupsTest(TestCase):
    """A copy of the project that serves groups."""

    copy: Copy

    @classmethod
    def setUpClass(cls) -> None:
        cls.copy = Copy(Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "project")
        cls.copy.follow("A resource")

    def different(self) -> Iterator[str]:
        """Yield the path of each file that the copy has and the original has not so."""
        for path in sorted(self.copy.folder.rglob("[!.]*")):
            name = path.relative_to(self.copy.folder).as_posix()
            if not path.is_file() or "__pycache__" in name or name.startswith(INSTALLED):
                continue
            if not (PROJECT / name).is_file() or not filecmp.cmp(
                path, PROJECT / name, shallow=False
            ):
                yield name

    def test_size(self) -> None:
        """It is one folder of at most 80 lines, one file for its table, one line in a list."""
        folder = [f"users_api/groups/{name}.py" for name in ("__init__", "model")]
        changed = ["infra/groups.yml", "users_api/app.py", *folder]
        self.assertEqual([*self.different()], sorted(changed))
        lines = [(self.copy.folder / name).read_text("utf-8").splitlines() for name in folder]
        self.assertLessEqual(sum(map(len, lines)), MOST_LINES)
        before, after = (
            {*(root / "users_api" / "app.py").read_text("utf-8").splitlines()}
            for root in (PROJECT, self.copy.folder)
        )
        [listed] = before - after
        both = listed.replace("(USERS,)", "(USERS, GROUPS)")
        self.assertEqual(after - before, {both, "from users_api.groups import GROUPS"})

    def test_checks(self) -> None:
        """`make check` finds nothing to complain about."""
        self.copy.run("make", "check")

    def test_faults(self) -> None:
        """Every fault of DynamoDB at every request, and what many do at once, harm no group."""
        for module in ["test_matrix", "test_races", "test_linearizability"]:
            with self.subTest(module):
                variables = {"RESOURCE": "groups", "HISTORIES": "200"}
                self.copy.python("-m", "unittest", f"tests.faults.{module}", **variables)

    def test_contract(self) -> None:
        """The linters have nothing to say about the contract, and a short fuzz finds it kept."""
        for test in ["test_lint", "test_fuzz.FuzzTest.test_rest_api"]:
            with self.subTest(test):
                self.copy.python("-m", "unittest", f"tests.contract.{test}", CASES="100")

    def test_package(self) -> None:
        """The packaged function serves groups, and may do with their table what it must."""
        osls(self.copy.folder, "package", "--param=architecture=x86_64")
        package, resources = compiled(self.copy.folder)
        configuration = resources["ApiLambdaFunction"]["Properties"]
        table = {"Fn::GetAtt": ["GroupsTable", "Arn"]}
        variables = configuration["Environment"]["Variables"]
        name = "users-table-dev".replace("users", "groups")
        self.assertEqual(variables["GROUPS_TABLE"], name)
        self.assertEqual(resources["GroupsTable"]["Properties"]["TableName"], name)
        role = resources["IamRoleLambdaExecution"]["Properties"]["Policies"][0]["PolicyDocument"]
        [rights] = [each for each in role["Statement"] if each["Resource"] == table]
        allowed = [f"dynamodb:{name}" for name in ("GetItem", "PutItem", "DeleteItem", "Scan")]
        self.assertEqual(rights["Action"], allowed)
        engine = self.enterContext(running_engine())
        self.copy.python(
            "-c", f"from local import tables; tables.create_missing({engine!r}, 'dev')"
        )
        function = self.enterContext(running_function(package, configuration, engine))
        group = {"groupId": "chess", "title": "Chess", "slug": "chess-club"}
        created = function.request("POST", "/groups", json.dumps(group))
        self.assertEqual((created.status, created.json), (201, group), function.log())
        found = function.request("GET", "/groups?slug=chess-club")
        self.assertEqual(found.json, {"groups": [group]})
