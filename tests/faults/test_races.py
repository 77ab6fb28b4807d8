"""Many requests at the same moment, from threads that share the application."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from threading import Barrier
from typing import Any, TypeVar

from tests.faults.invariants import assert_invariants
from tests.support.service import Service, ServiceTest
from tests.support.transports import Answer

T = TypeVar("T")

MOST_AT_ONCE = 50
LONGEST_WAIT = 60  # seconds; only a race that hangs takes as long
EMAIL = "ada@example.com"


class RaceTest(ServiceTest):
    """Calls that can be run against each other, each test on tables of its own."""

    threads: ThreadPoolExecutor

    @classmethod
    def setUpClass(cls) -> None:
        cls.threads = cls.enterClassContext(ThreadPoolExecutor(MOST_AT_ONCE))

    def setUp(self) -> None:
        self.service = Service()
        self.removed: set[str] = set()

    def race(self, *runners: Callable[[], T]) -> list[T]:
        """Start all at the same moment; when all are done, assert the invariants."""
        start = Barrier(len(runners), timeout=LONGEST_WAIT)

        def run(runner: Callable[[], T]) -> T:
            start.wait()
            return runner()

        running = [self.threads.submit(run, runner) for runner in runners]
        results = [each.result(LONGEST_WAIT) for each in running]
        assert_invariants(self.service, self.removed)
        return results

    def post(self, document: object, **headers: str) -> Answer:
        return self.call("POST", "/users", document, **headers)

    def get(self, user_id: str) -> Answer:
        return self.call("GET", f"/users/{user_id}")

    def patch(self, user_id: str, patch: object, **headers: str) -> Answer:
        return self.call("PATCH", f"/users/{user_id}", patch, **headers)

    def delete(self, user_id: str, **headers: str) -> Answer:
        self.removed.add(user_id)
        return self.call("DELETE", f"/users/{user_id}", **headers)

    def owners(self) -> list[Any]:
        """Return the users who have the address that is raced for."""
        owners: list[Any] = self.call("GET", f"/users?email={EMAIL}").json["users"]
        return owners

    def version(self, user_id: str) -> int:
        [item] = [each for each in self.stored() if each["userId"] == user_id]
        return int(item["version"])

    def assert_unavailable(self, *answers: Answer) -> None:
        """Assert that these may be tried again: too many others were in the way."""
        for answer in answers:
            self.assert_refused(answer, 503)
            self.assertTrue(answer.headers["Retry-After"])


class EmailTest(RaceTest):
    """An address has one owner."""

    def test_is_given_once(self) -> None:
        """Of 16 who want an address at once, in whatever case, exactly one gets it."""
        documents = [
            {"name": str(number), "email": EMAIL.upper() if number % 2 else EMAIL}
            | ({"userId": f"u{number}"} if number % 3 else {})
            for number in range(16)
        ]
        for _ in range(300):
            answers = self.race(*(partial(self.post, document) for document in documents))
            self.assertEqual(statuses(answers), [201] + [409] * 15)
            [winner] = [each.json for each in answers if each.status == 201]
            self.assertEqual(self.owners(), [winner])
            self.assertEqual(self.delete(winner["userId"]).status, 204)

    def test_is_handed_on(self) -> None:
        """While one gives an address away, one at most of those who try gets it."""
        takers, newcomers = [f"taker{n}" for n in range(4)], [f"new{n}" for n in range(4)]
        for give in 20 * [
            partial(self.delete, "giver"),
            partial(self.patch, "giver", {"email": None}),
            partial(self.patch, "giver", {"email": "other@example.com"}),
        ]:
            for document in [{"userId": "giver", "email": EMAIL}, *({"userId": t} for t in takers)]:
                self.assertEqual(self.post({"name": "a"} | document).status, 201)
            given, *taken = self.race(
                give,
                *(partial(self.take, "PATCH", f"/users/{taker}", {}) for taker in takers),
                *(partial(self.take, "POST", "/users", {"userId": new}) for new in newcomers),
            )
            self.assertLess(given.status, 300)
            winners = [each.json for each in taken if each.status < 300]
            self.assertLessEqual(len(winners), 1)
            self.assertEqual(self.owners(), winners)
            for user_id in ["giver", *takers, *newcomers]:
                self.delete(user_id)

    def take(self, method: str, target: str, document: dict[str, str]) -> Answer:
        """Try several times to get the address."""
        for _ in range(5):
            answer = self.call(method, target, {"name": "b", "email": EMAIL} | document)
            if answer.status != 409:
                break
        return answer


class ChangeTest(RaceTest):
    """No change is lost, and none is made twice."""

    def test_one_revision(self) -> None:
        """Of two who change the same revision, exactly one succeeds."""
        etag = self.post({"userId": "ada", "name": "Ada"}).headers["ETag"]
        for number in range(200):
            field, value = ("email", "{}{}@example.com") if number % 2 else ("name", "{}{}")
            patches = [{field: value.format(who, number)} for who in "ab"]
            answers = self.race(*(partial(self.patch, "ada", p, If_Match=etag) for p in patches))
            self.assertEqual(statuses(answers), [200, 412])
            [winner] = [each for each in answers if each.status == 200]
            self.assertEqual(self.get("ada").body, winner.body)
            self.assertEqual(self.version("ada"), number + 2)
            etag = winner.headers["ETag"]

    def test_different_fields(self) -> None:
        """Who changes one field does not undo what others did to another."""
        self.post({"userId": "ada", "name": "Ada"})
        for number in range(100):
            patches = [{"name": f"Ada {number}"}, {"email": f"ada{number}@example.com"}]
            answers = self.race(*(partial(self.patch, "ada", patch) for patch in patches))
            self.assertEqual(statuses(answers), [200, 200])
            self.assertEqual(self.get("ada").json, {"userId": "ada"} | patches[0] | patches[1])
            self.assertEqual(self.version("ada"), 2 * number + 3)

    def test_many_changes(self) -> None:
        """The version is higher by one for each change, however many are made at once."""
        self.post({"userId": "ada", "name": "Ada"})
        version = 1
        for number in range(20):
            patches = [{"name": f"Ada {number}.{n}"} for n in range(6)]
            patches += [{"email": f"ada{number}.{n}@example.com"} for n in range(6)]
            answers = self.race(*(partial(self.patch, "ada", patch) for patch in patches))
            changed = [each.headers["ETag"] for each in answers if each.status == 200]
            self.assert_unavailable(*(each for each in answers if each.status != 200))
            self.assertEqual(len({*changed}), len(changed))
            self.assertIn(self.get("ada").headers["ETag"], changed)
            version += len(changed)
            self.assertEqual(self.version("ada"), version)

    def test_counting(self) -> None:
        """Those who count together, each on the revision it has read, lose no count."""
        self.post({"userId": "ada", "name": "0"})
        counted = sum(self.race(*[self.count] * 8))
        self.assertGreater(counted, 0)
        self.assertEqual(self.get("ada").json["name"], str(counted))
        self.assertEqual(self.version("ada"), 1 + counted)

    def count(self) -> int:
        """Try many times to add one; return how many times it was done."""
        done = 0
        for _ in range(50):
            read = self.get("ada")
            following = {"name": str(int(read.json["name"]) + 1)}
            answer = self.patch("ada", following, If_Match=read.headers["ETag"])
            self.assertIn(answer.status, {200, 412})
            done += answer.status == 200
        return done


class KeyTest(RaceTest):
    """An idempotency key makes one user."""

    def test_fifty_at_once(self) -> None:
        """The same request 50 times at once makes one user, and all are told of that one."""
        contents: list[dict[str, str]] = [{}, {"email": EMAIL}, {"userId": "ada"}]
        for number, content in enumerate(4 * contents):
            request = partial(self.post, {"name": "Ada"} | content, Idempotency_Key=f"key{number}")
            answers = self.race(*[request] * 50)
            told = [each for each in answers if each.status == 201]
            self.assert_unavailable(*(each for each in answers if each.status != 201))
            replayed = ["Idempotent-Replayed" in each.headers for each in told]
            self.assertEqual(replayed.count(False), 1)
            [user] = self.call("GET", "/users").json["users"]
            for each in told:
                self.assertEqual(each.json, user)
                self.assertEqual(each.headers["ETag"], told[0].headers["ETag"])
            self.delete(user["userId"])


class RemovalTest(RaceTest):
    """Who is removed is gone, and who comes after is somebody else."""

    def test_one_id(self) -> None:
        """However many make, change and remove one id, whoever was made was removed once."""
        for number in range(40):
            answers = self.race(*(partial(self.live, f"{n}@example.com") for n in range(8)))
            made, changed, removed = map(statuses, zip(*answers, strict=True))
            self.assertLessEqual({*made}, {201, 409})
            self.assertLessEqual({*changed}, {200, 404})
            self.assertLessEqual({*removed}, {204, 404})
            self.assertEqual(made.count(201), removed.count(204), number)
            self.assertEqual(self.get("ada").status, 404)

    def live(self, email: str) -> tuple[Answer, Answer, Answer]:
        """Make a user, change it and remove it, if it is there."""
        document = {"userId": "ada", "name": "Ada", "email": email}
        return self.post(document), self.patch("ada", {"name": email}), self.delete("ada")

    def test_against_a_change(self) -> None:
        """A change does not bring back who is being removed."""
        emails: list[dict[str, str]] = [{}, {"email": EMAIL}]
        patches: list[dict[str, str]] = [{"name": "b"}, {"email": "b@example.com"}]
        for email, patch, conditional in 15 * [*product(emails, patches, [False, True])]:
            etag = self.post({"userId": "ada", "name": "a"} | email).headers["ETag"]
            headers = {"If_Match": etag} if conditional else {}
            removed, changed = self.race(
                partial(self.delete, "ada", **headers),
                partial(self.patch, "ada", patch, **headers),
            )
            expected = {(204, 404), (412 if conditional else 204, 200)}
            self.assertIn((removed.status, changed.status), expected)
            self.assertEqual(self.get("ada").status, 200 if removed.status == 412 else 404)
            self.delete("ada")

    def test_of_a_former_user(self) -> None:
        """A change of one user does not touch the next one with the same id."""
        emails: list[dict[str, str]] = [{}, {"email": EMAIL}]
        patches: list[dict[str, str]] = [{"name": "changed"}, {"email": "b@example.com"}]
        for email, patch in 25 * [*product(emails, patches)]:
            first, second = ({"userId": "ada", "name": n} | email for n in ["first", "second"])
            etag = self.post(first).headers["ETag"]
            again, changed = self.race(
                partial(self.replace, second), partial(self.patch, "ada", patch, If_Match=etag)
            )
            self.assertEqual(again.status, 201)
            self.assertIn(changed.status, {200, 404, 412})
            self.assertEqual(self.get("ada").json, second)
            self.delete("ada")

    def replace(self, document: dict[str, str]) -> Answer:
        """Remove the user, and make another one with the same id."""
        self.assertEqual(self.delete("ada").status, 204)
        return self.post(document)


def statuses(answers: Iterable[Answer]) -> list[int]:
    """Return the statuses of answers, in order of size."""
    return sorted(answer.status for answer in answers)
