"""Commands while the API is in use."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from threading import Event, Thread

from local.engine import running_engine
from local.stack import STAGE as LOCAL
from local.tables import connection, create_missing, environment
from tests.faults.invariants import assert_agreement, contents
from tests.support.service import Service
from tests.tools.commands import ToolsTest
from tests.tools.people import lines, people
from users_api.config import Settings

WRITERS = 3


class LiveTest(ToolsTest):
    """Commands on the data of `make run` while others create, change and remove users."""

    def setUp(self) -> None:
        super().setUp()
        self.alive: dict[str, dict[str, object]] = {}  # what the API has acknowledged
        self.trouble: list[object] = []

    def fresh(self) -> None:
        """Have the tests go on with an engine that holds nothing."""
        url = self.enterContext(running_engine())
        self.through(url)
        create_missing(url, LOCAL)
        variables = connection(url) | environment(LOCAL) | {"ACCESS": "open"}
        self.settings, self.stage = Settings.from_environment(variables), LOCAL
        self.service = Service(self.settings)

    def test_wrong_key(self) -> None:
        """A table that was made with another key is told in a sentence."""
        self.service.table().sync_delete_table("users-table-local")
        self.service.table().sync_create_table("users-table-local", ("user-id", "S"), wait=True)
        said = self.tool("verify", code=1).said
        self.assertRegex(said, r"\AThe table users-table-local was made .*`make reset`.*\n\Z")

    @contextmanager
    def traffic(self) -> Iterator[None]:
        """Have others write meanwhile."""
        ended = Event()
        threads = [Thread(target=self.write, args=(each, ended)) for each in range(WRITERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        self.assertEqual(self.trouble, [])

    def write(self, number: int, ended: Event) -> None:
        """Write users of one's own, until it is time to end."""
        service, random, count = Service(self.settings), Random(number), 0
        while not ended.is_set():
            count += 1
            user_id = f"live{number}-{count}"
            document: dict[str, object] = {"userId": user_id, "name": "Live"}
            if random.random() < 0.8:
                document["email"] = f"{user_id}@example.com"
            status = service.call("POST", "/users", document).status
            if status == 201:
                self.alive[user_id] = document
            elif status != 409:
                self.trouble.append(status)
            other = f"live{number}-{random.randint(1, count)}"
            if other in self.alive and random.random() < 0.5:
                self.change(service, random, other)

    def change(self, service: Service, random: Random, user_id: str) -> None:
        """Change or remove a user."""
        if random.random() < 0.5:
            del self.alive[user_id]
            self.note(service.call("DELETE", f"/users/{user_id}").status, 204)
        else:
            email = f"{random.random()}@example.com"
            self.note(service.call("PATCH", f"/users/{user_id}", {"email": email}).status, 200)
            self.alive[user_id] = self.alive[user_id] | {"email": email}

    def note(self, status: int, expected: int) -> None:
        """Note an answer that is not as it should be."""
        if status != expected:
            self.trouble.append(status)

    def assert_nothing_lost(self, number: int) -> None:
        """Assert that all that was acknowledged is stored, and that the tables agree."""
        expected = {each["userId"]: each for each in people(number)} | self.alive
        self.assertEqual(self.users(), expected)
        assert_agreement(contents(self.service))

    def test_import(self) -> None:
        """An import and the API do not get in each other's way."""
        file = self.file("people.jsonl", lines(3_000))
        with self.traffic():
            self.assertIn("3,000 added", self.tool("import", file).said)
        self.assert_nothing_lost(3_000)

    def test_contended(self) -> None:
        """Of an import and the API, one gets each unique value; nobody loses what it got."""
        users = [
            {"userId": f"i{number}", "name": "a", "email": f"live0-{number}@example.com"}
            for number in range(1, 2_000)
        ]
        file = self.file("people.jsonl", "\n".join(map(json.dumps, users)))
        with self.traffic():
            self.tool("import", file, code=None)
        found = self.users()
        imported = {each["userId"] for each in users} & found.keys()
        self.assertEqual(found.keys() - imported, self.alive.keys())
        self.assertTrue(imported)
        for user_id, user in self.alive.items():
            self.assertEqual(found[user_id], user)
        assert_agreement(contents(self.service))

    def test_export(self) -> None:
        """An export has everyone once who was there throughout, as they were at some time."""
        self.tool("import", self.file("people.jsonl", lines(3_000)))
        with self.traffic():
            contents_ = self.exported("a", "--rate", "100")
        written = (self.folder / "a/users.jsonl").read_text("utf-8").splitlines()
        self.assertEqual(len(written), contents_["records"])
        ids = [line.split('"')[3] for line in written]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertLessEqual({each["userId"] for each in people(3_000)}, set(ids))
        self.assert_nothing_lost(3_000)

    def test_verify(self) -> None:
        """A change under way is not taken for damage."""
        self.tool("import", self.file("people.jsonl", lines(500)))
        with self.traffic():
            for _ in range(5):
                self.tool("verify")
        self.assert_nothing_lost(500)

    def test_repair(self) -> None:
        """Damage is mended meanwhile, and nothing that others write is touched."""
        self.tool("import", self.file("people.jsonl", lines(500)))
        client, table = self.service.table(), self.settings.table("unique-values")
        for marker in self.stored("unique-values")[::3]:
            client.sync_delete_item(table, {"uniqueValue": marker["uniqueValue"]})
        for number in range(1, 200):  # some of which the others claim, or cannot for them
            key = f"users#email#live0-{number}@example.com"
            client.sync_put_item(table, {"uniqueValue": key, "recordId": "nobody"})
        with self.traffic():
            self.tool("verify", "--repair")
        self.assert_nothing_lost(500)
