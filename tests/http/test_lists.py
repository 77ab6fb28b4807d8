"""Lists of users, page by page."""

from itertools import chain
from urllib.parse import urlsplit

from tests.support.service import ServiceTest
from tests.support.transports import Wsgi


class ListTest(ServiceTest):
    """`GET /users`."""

    ids: list[str]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.ids = [f"user{number:02}" for number in range(30)]
        for user_id in cls.ids:
            cls.service.call("POST", "/users", {"userId": user_id, "name": user_id})

    def pages(self, target: str) -> list[list[str]]:
        """Follow `next` to the end and return the ids of each page."""
        pages = []
        following: str | None = target
        while following:
            answer = self.call("GET", following)
            self.assertEqual(answer.status, 200)
            pages.append([user["userId"] for user in answer.json["users"]])
            cursor, link = answer.json.get("next"), answer.headers.get("Link")
            self.assertEqual(cursor is None, link is None)
            following = None
            if link:
                where, _, relation = link.partition("; ")
                self.assertEqual(relation, 'rel="next"')
                url = urlsplit(where.strip("<>"))
                self.assertTrue(url.path.endswith("/users"))
                following = f"/users?{url.query}"
                self.assertIn(f"cursor={cursor}", url.query)
        return pages

    def test_pages(self) -> None:
        """The pages together are all users, each once; only the last has no next."""
        for target, sizes in [
            ("/users", [25, 5]),
            ("/users?limit=100", [30]),
            ("/users?limit=30", [30]),
            ("/users?limit=10", [10, 10, 10]),
            ("/users?limit=29", [29, 1]),
        ]:
            with self.subTest(target=target):
                pages = self.pages(target)
                self.assertEqual([len(page) for page in pages], sizes)
                self.assertEqual(sorted(chain.from_iterable(pages)), self.ids)

    def test_one_by_one(self) -> None:
        """Users who come and go while a list is read do not disturb those who stay."""
        seen, following = [], "/users?limit=1"
        for number in range(100):
            answer = self.call("GET", following)
            seen += [user["userId"] for user in answer.json["users"]]
            self.call("POST", "/users", {"userId": f"new{number}", "name": "new"})
            if number:
                self.call("DELETE", f"/users/new{number - 1}")
            if "next" not in answer.json:
                break
            following = f"/users?limit=1&cursor={answer.json['next']}"
        self.assertEqual(sorted(each for each in seen if each in self.ids), self.ids)
        self.call("DELETE", f"/users/new{number}")

    def test_shape(self) -> None:
        """A page is compact JSON, each user as it is read alone."""
        [user] = self.call("GET", "/users?limit=1").json["users"]
        alone = self.call("GET", f"/users/{user['userId']}").body
        page = self.call("GET", "/users?limit=1").body
        self.assertTrue(page.startswith(b'{"users":[' + alone + b'],"next":"'))

    def test_bad_limits(self) -> None:
        """A limit is a number from 1 to 100, given once."""
        for limit in ["0", "-1", "1.5", "1.0", "1e1", "abc", "1000000000", "101", "", "%201", "+1"]:
            with self.subTest(limit=limit):
                self.assert_refused(self.call("GET", f"/users?limit={limit}"), 400, "limit")
        self.assert_refused(self.call("GET", "/users?limit=1&limit=2"), 400, "limit")
        self.assert_refused(self.call("GET", "/users?limit=1&limit=1"), 400, "limit")

    def test_bad_cursors(self) -> None:
        """A cursor that was not given out is refused, however little is wrong with it."""
        cursor = self.call("GET", "/users?limit=1").json["next"]
        changed = [
            f"{cursor[:at]}{'B' if cursor[at] == 'A' else 'A'}{cursor[at + 1 :]}"
            for at in range(len(cursor))
        ]
        shorter = [cursor[:length] for length in range(len(cursor))]
        for bad in [
            "x",
            "a" * 200,
            "%00",
            "%C3%A9",
            f"{cursor}=",
            f"{cursor}A",
            *changed,
            *shorter,
        ]:
            with self.subTest(bad=bad):
                self.assert_refused(self.call("GET", f"/users?cursor={bad}"), 400, "cursor")
        self.assertEqual(self.call("GET", f"/users?cursor={cursor}").status, 200)

    def test_unknown_parameters(self) -> None:
        """A parameter that means nothing is refused, and all are named."""
        answer = self.call("GET", "/users?offset=3&limit=x&sort=name")
        self.assert_refused(answer, 400, "limit", "offset", "sort")

    def test_many_repeated_parameters(self) -> None:
        """However many parameters are given twice, the answer stays short."""
        names = [f"{number:0200}" for number in range(101)]
        query = "&".join(f"{name}=1&{name}=2" for name in names)
        answer = self.call("GET", f"/users?{query}")
        self.assert_refused(answer, 400, *(name[:128] for name in names[:100]))

    def test_hostile_queries(self) -> None:
        """Whatever a query is, it is refused before each part of it is looked at."""
        for query, fields in [
            ("&".join(["limit=1"] * 500), ["limit"]),
            ("&".join(["limit=1"] * 1_001), []),
            ("=" * 4_000, [""]),
            ("&=" * 999, [""]),
            ("&".join(f"n{number}=1" for number in range(1_000)), [f"n{n}" for n in range(100)]),
            ("limit=None", ["limit"]),
            ("limit=" + "1" * 4_000, ["limit"]),
            ("email=a" + "%CD%84" * 600 + "%CC%96" * 600, ["email"]),
            ("cursor=" + "a" * 4_000, ["cursor"]),
        ]:
            with self.subTest(query=query[:20]):
                self.assert_refused(self.call("GET", f"/users?{query}"), 400, *fields)

    def test_empty_parameters(self) -> None:
        """A query of nothing but separators is refused; API Gateway does not hand on such a one."""
        answer = Wsgi(self.service.app)("GET", f"/users?{'&' * 4_000}", {}, b"")
        self.assert_refused(answer, 400)

    def test_bytes_in_queries(self) -> None:
        """A query is ASCII; API Gateway sees to that, not every server does."""
        for query in ["limit=\xff", "\xc3\xa9=1", "limit=1&\x80"]:
            with self.subTest(query=query):
                answer = Wsgi(self.service.app)("GET", f"/users?{query}", {}, b"")
                self.assert_refused(answer, 400)

    def test_malformed_item(self) -> None:
        """An item that is no user does not spoil the list."""
        table, client = self.service.settings.table("users"), self.service.table()
        client.sync_put_item(table, {"userId": "bad", "name": 5})
        with self.assertLogs("users_api", "ERROR"):
            pages = self.pages("/users?limit=7")
        self.assertEqual(sorted(chain.from_iterable(pages)), self.ids)
        client.sync_delete_item(table, {"userId": "bad"})
