"""Lists of any resource, page by page."""

from itertools import chain
from urllib.parse import urlsplit

from tests.support.resources import ResourceTest
from tests.support.service import Service
from tests.support.transports import Wsgi


class ListTest(ResourceTest):
    """`GET /users`."""

    needs = ("create", "list", "read", "remove")
    ids: list[str]

    def setUp(self) -> None:
        if not list(self.records()):
            for number in range(30):
                self.create(f"record{number:02}")
        self.ids = sorted(self.kind.identified(f"record{number:02}") for number in range(30))

    def page(self, query: str) -> tuple[list[str], str | None]:
        """Return the ids of a page, and the query of the one that follows."""
        answer = self.call("GET", f"{self.path}?{query}" if query else self.path)
        self.assertEqual(answer.status, 200)
        cursor, link = answer.json.get("next"), answer.headers.get("Link")
        self.assertEqual(cursor is None, link is None)
        ids = [each[self.kind.key] for each in answer.json[self.kind.name]]
        if not link:
            return ids, None
        where, _, relation = link.partition("; ")
        self.assertEqual(relation, 'rel="next"')
        url = urlsplit(where.strip("<>"))
        self.assertTrue(url.path.endswith(self.path))
        self.assertIn(f"cursor={cursor}", url.query)
        return ids, url.query

    def pages(self, query: str) -> list[list[str]]:
        """Follow `next` to the end and return the ids of each page."""
        pages = []
        following: str | None = query
        while following is not None:
            ids, following = self.page(following)
            pages.append(ids)
        return pages

    def test_pages(self) -> None:
        """The pages together are all records, each once; only the last has no next."""
        for query, sizes in [
            ("", [25, 5]),
            ("limit=100", [30]),
            ("limit=30", [30]),
            ("limit=10", [10, 10, 10]),
            ("limit=29", [29, 1]),
        ]:
            with self.subTest(query=query):
                pages = self.pages(query)
                self.assertEqual([len(page) for page in pages], sizes)
                self.assertEqual(sorted(chain.from_iterable(pages)), self.ids)

    def test_empty(self) -> None:
        """There is a page of a list in which there is nothing."""
        answer = Service().call("GET", self.path)
        self.assertEqual((answer.status, answer.json), (200, {self.kind.name: []}))

    def test_one_by_one(self) -> None:
        """Those who come and go while a list is read do not disturb those who stay."""
        seen, query = [], "limit=1"
        for number in range(100):
            ids, following = self.page(query)
            seen += ids
            self.create(f"new{number}")
            if number:
                self.call("DELETE", self.one(f"new{number - 1}"))
            if following is None:
                break
            query = following
        self.assertEqual(sorted(each for each in seen if each in self.ids), self.ids)
        self.call("DELETE", self.one(f"new{number}"))

    def test_shape(self) -> None:
        """A page is compact JSON, each record as it is read alone."""
        page = self.call("GET", f"{self.path}?limit=1")
        [record] = page.json[self.kind.name]
        alone = self.call("GET", f"{self.path}/{record[self.kind.key]}").body
        begin = b'{"%s":[%s],"next":"' % (self.kind.name.encode(), alone)
        self.assertTrue(page.body.startswith(begin))

    def test_bad_limits(self) -> None:
        """A limit is a number from 1 to 100, given once."""
        for limit in ["0", "-1", "1.5", "1.0", "1e1", "abc", "1000000000", "101", "", "%201", "+1"]:
            with self.subTest(limit=limit):
                self.assert_refused(self.call("GET", f"{self.path}?limit={limit}"), 400, "limit")
        for limit in ["1", "2"]:
            query = f"limit=1&limit={limit}"
            self.assert_refused(self.call("GET", f"{self.path}?{query}"), 400, "limit")

    def test_bad_cursors(self) -> None:
        """A cursor that was not given out is refused, however little is wrong with it."""
        cursor = self.call("GET", f"{self.path}?limit=1").json["next"]
        changed = [
            f"{cursor[:at]}{'B' if cursor[at] == 'A' else 'A'}{cursor[at + 1 :]}"
            for at in range(len(cursor))
        ]
        shorter = [cursor[:length] for length in range(len(cursor))]
        others = ["x", "a" * 200, "%00", "%C3%A9", f"{cursor}=", f"{cursor}A"]
        for bad in [*others, *changed, *shorter]:
            with self.subTest(bad=bad):
                self.assert_refused(self.call("GET", f"{self.path}?cursor={bad}"), 400, "cursor")
        self.assertEqual(self.call("GET", f"{self.path}?cursor={cursor}").status, 200)

    def test_unknown_parameters(self) -> None:
        """A parameter that means nothing is refused, and all are named."""
        answer = self.call("GET", f"{self.path}?offset=3&limit=x&sort=name")
        messages = {each["field"]: each["message"] for each in answer.json["errors"]}
        self.assertEqual(messages["offset"], "is not a parameter of this call")
        self.assert_refused(answer, 400, "limit", "offset", "sort")

    def test_many_repeated_parameters(self) -> None:
        """However many parameters are given twice, the answer stays short."""
        names = [f"{number:0200}" for number in range(101)]
        query = "&".join(f"{name}=1&{name}=2" for name in names)
        answer = self.call("GET", f"{self.path}?{query}")
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
            ("cursor=" + "a" * 4_000, ["cursor"]),
        ]:
            with self.subTest(query=query[:20]):
                self.assert_refused(self.call("GET", f"{self.path}?{query}"), 400, *fields)

    def test_empty_parameters(self) -> None:
        """A query of nothing but separators is refused; API Gateway does not hand on such a one."""
        answer = Wsgi(self.service.app)("GET", f"{self.path}?{'&' * 4_000}", {}, b"")
        self.assert_refused(answer, 400)

    def test_bytes_in_queries(self) -> None:
        """A query is ASCII; API Gateway sees to that, not every server does."""
        for query in ["limit=\xff", "\xc3\xa9=1", "limit=1&\x80"]:
            with self.subTest(query=query):
                answer = Wsgi(self.service.app)("GET", f"/users?{query}", {}, b"")
                self.assert_refused(answer, 400)

    def test_other_encodings(self) -> None:
        """Bytes that are not UTF-8 are no text that a client could mean."""
        for query in ["limit=%ff", "limit=%ed%a0%80", "limit=1%C0%80"]:
            with self.subTest(query=query):
                self.assert_refused(self.call("GET", f"{self.path}?{query}"), 400, "limit")

    def test_malformed_item(self) -> None:
        """An item that is no record does not spoil the list."""
        table, client = self.service.settings.table(self.kind.name), self.service.table()
        item = {self.kind.key: "bad", self.kind.field: [[["not that"]]]}  # no field is such a list
        client.sync_put_item(table, item)
        self.addCleanup(client.sync_delete_item, table, {self.kind.key: "bad"})
        with self.assertLogs("users_api", "ERROR"):
            pages = self.pages("limit=7")
        self.assertEqual(sorted(chain.from_iterable(pages)), self.ids)
