"""Changing and removing users."""

from tests.support.service import ServiceTest
from tests.support.transports import Answer


class ChangeTest(ServiceTest):
    """`PATCH /users/{userId}`."""

    def setUp(self) -> None:
        self.call("DELETE", "/users/ada")
        document = {"userId": "ada", "name": "Ada", "email": "ada@example.com"}
        self.etag = self.call("POST", "/users", document).headers["ETag"]

    def patch(self, patch: object, **headers: str) -> Answer:
        return self.call("PATCH", "/users/ada", patch, **headers)

    def test_changes_what_is_named(self) -> None:
        """A field that is named changes, another does not; the answer is the new user."""
        answer = self.patch({"name": "Ada L."}, Content_Type="application/merge-patch+json")
        self.assertEqual(answer.body, b'{"userId":"ada","name":"Ada L.","email":"ada@example.com"}')
        read = self.call("GET", "/users/ada")
        self.assertEqual((read.body, read.headers["ETag"]), (answer.body, answer.headers["ETag"]))
        self.assertNotEqual(answer.headers["ETag"], self.etag)

    def test_changes_nothing(self) -> None:
        """A patch without effect leaves the user, and its revision, as they are."""
        for patch in [{}, {"name": "Ada"}, {"name": "Ada", "email": "ada@example.com"}]:
            with self.subTest(patch=patch):
                answer = self.patch(patch)
                self.assertEqual((answer.status, answer.headers["ETag"]), (200, self.etag))

    def test_null_removes(self) -> None:
        """Null removes an optional field, once or twice, and frees the address."""
        for _ in range(2):
            self.assertEqual(self.patch({"email": None}).json, {"userId": "ada", "name": "Ada"})
        self.assertEqual(
            self.call("POST", "/users", {"name": "b", "email": "ADA@example.com"}).status, 201
        )
        self.assert_refused(self.patch({"email": "ada@example.com"}), 409, "email")
        [owner] = self.call("GET", "/users?email=ada@example.com").json["users"]
        self.call("DELETE", f"/users/{owner['userId']}")

    def test_moves_an_email(self) -> None:
        """A new address is taken and the former one is free, at once."""
        self.assertEqual(self.patch({"email": "new@example.com"}).status, 200)
        other = {"userId": "other", "name": "b", "email": "ada@example.com"}
        self.assertEqual(self.call("POST", "/users", other).status, 201)
        self.assert_refused(self.patch({"email": "Ada@example.com"}), 409, "email")
        self.assertEqual(self.call("GET", "/users/ada").json["email"], "new@example.com")
        self.call("DELETE", "/users/other")

    def test_rewrites_an_email(self) -> None:
        """The case of one's own address can be changed."""
        self.assertEqual(self.patch({"email": "ADA@example.com"}).status, 200)
        [found] = self.call("GET", "/users?email=ada@example.com").json["users"]
        self.assertEqual(found["email"], "ADA@example.com")

    def test_bad_patches(self) -> None:
        """A patch is an object whose every field could be created so; the id is fixed."""
        cases: list[tuple[object, list[str]]] = [
            ({"name": None}, ["name"]),
            ({"name": ""}, ["name"]),
            ({"email": "x"}, ["email"]),
            ({"name": {"first": "Ada"}}, ["name"]),
            ({"userId": "other"}, ["userId"]),
            ({"userId": "ada", "name": 1, "email": [], "x": 1}, ["userId", "name", "email", "x"]),
            ({"version": 1}, ["version"]),
            ({"writeId": "a", "createdAt": None}, ["writeId", "createdAt"]),
            ([], []),
            ("x", []),
        ]
        for patch, fields in cases:
            with self.subTest(patch=patch):
                self.assert_refused(self.patch(patch), 400, *fields)
        self.assert_refused(
            self.send("PATCH", "/users/ada", b"null", Content_Type="application/json"), 400
        )
        self.assert_refused(self.patch({}, Content_Type="text/plain"), 415)
        self.assertEqual(self.call("GET", "/users/ada").headers["ETag"], self.etag)

    def test_if_match(self) -> None:
        """A patch on a condition changes exactly that revision."""
        self.assert_refused(self.patch({"name": "b"}, If_Match='"stale"'), 412)
        self.assert_refused(self.patch({"name": "b"}, If_Match=f"W/{self.etag}"), 412)
        self.assert_refused(self.patch({"name": ""}, If_Match='"stale"'), 400, "name")
        longest = f'"{"x" * (8 * 1024 - 2)}"'
        self.assert_refused(self.patch({"name": "b"}, If_Match=longest), 412)
        for header in [
            "",
            "x",
            "x, y",
            f"{self.etag} x",
            f"{self.etag},",
            '"',
            "**",
            f"W/{longest}",
        ]:
            with self.subTest(header=header):
                self.assert_refused(self.patch({"name": "b"}, If_Match=header), 400)
        self.assertEqual(self.call("GET", "/users/ada").headers["ETag"], self.etag)
        changed = self.patch({"name": "b"}, If_Match=f'"x", {self.etag}')
        self.assertEqual(changed.status, 200)
        self.assert_refused(self.patch({"name": "c"}, If_Match=self.etag), 412)
        self.assert_refused(self.patch({}, If_Match=self.etag), 412)
        self.assertEqual(self.patch({"name": "c"}, If_Match="*").status, 200)

    def test_nobody(self) -> None:
        """Nobody can be changed."""
        for headers in [{}, {"If_Match": "*"}, {"If_Match": '"x"'}]:
            with self.subTest(headers=headers):
                answer = self.call("PATCH", "/users/nobody", {"name": "a"}, **headers)
                self.assert_refused(answer, 404)

    def test_keeps_what_others_store(self) -> None:
        """An attribute of the item that is no field of a user survives a change."""
        table, client = self.service.settings.table("users"), self.service.table()
        client.sync_update_item(table, {"userId": "ada"}, updates={"badge": {"color": "red"}})
        self.patch({"name": "b", "email": None})
        item = client.sync_get_item(table, {"userId": "ada"})
        assert item
        self.assertEqual((item["badge"], item["version"]), ({"color": "red"}, 2))
        self.assertNotIn("email", item)


class RemoveTest(ServiceTest):
    """`DELETE /users/{userId}`."""

    def test_removes_once(self) -> None:
        """A user is removed, and a second time is not there."""
        for document in [{"name": "a"}, {"name": "a", "email": "a@example.com"}]:
            with self.subTest(document=document):
                self.call("POST", "/users", {"userId": "gone"} | document)
                answer = self.call("DELETE", "/users/gone")
                self.assertEqual((answer.status, answer.body), (204, b""))
                self.assert_refused(self.call("DELETE", "/users/gone"), 404)
                self.assert_refused(self.call("GET", "/users/gone"), 404)

    def test_frees_the_email(self) -> None:
        """The address of a removed user can be taken at once."""
        for number in range(3):
            document = {"userId": f"u{number}", "name": "a", "email": "free@example.com"}
            self.assertEqual(self.call("POST", "/users", document).status, 201)
            self.assertEqual(self.call("DELETE", f"/users/u{number}").status, 204)
        self.assertEqual(self.call("GET", "/users?email=free@example.com").json, {"users": []})

    def test_if_match(self) -> None:
        """A removal on a condition removes exactly that revision, and no later user of the id."""
        first = self.call("POST", "/users", {"userId": "b", "name": "a"}).headers["ETag"]
        self.assert_refused(self.call("DELETE", "/users/b", If_Match='"stale"'), 412)
        self.assert_refused(self.call("DELETE", "/users/b", If_Match="garbage"), 400)
        self.assertEqual(self.call("DELETE", "/users/b", If_Match=first).status, 204)
        self.assert_refused(self.call("DELETE", "/users/b", If_Match="*"), 404)
        self.call("POST", "/users", {"userId": "b", "name": "a"})
        self.assert_refused(self.call("DELETE", "/users/b", If_Match=first), 412)


class LookUpTest(ServiceTest):
    """`GET /users?email=`."""

    def test_finds_by_any_case(self) -> None:
        """An address is found in whatever case it is written."""
        document = {"userId": "ada", "name": "Ada", "email": "Ada+x@Example.com"}
        self.call("POST", "/users", document)
        for email in ["Ada%2Bx@Example.com", "ada%2Bx@example.com"]:
            with self.subTest(email=email):
                answer = self.call("GET", f"/users?email={email}")
                self.assertEqual((answer.status, answer.json), (200, {"users": [document]}))
        self.assertEqual(self.call("GET", "/users?email=b@example.com").json, {"users": []})

    def test_bad_queries(self) -> None:
        """An address must be one, and there are no pages."""
        self.assert_refused(self.call("GET", "/users?email="), 400, "email")
        self.assert_refused(self.call("GET", "/users?email=ada"), 400, "email")
        self.assert_refused(self.call("GET", "/users?email=a@b.c&cursor=x"), 400, "cursor")
        self.assert_refused(self.call("GET", "/users?email=a@b.c&email=a@b.c"), 400, "email")
        self.assertEqual(self.call("GET", "/users?email=a@b.c&limit=5").json, {"users": []})

    def test_marker_without_user(self) -> None:
        """A marker that leads nowhere, or to somebody with another address, finds nobody."""
        client, settings = self.service.table(), self.service.settings
        self.call("POST", "/users", {"userId": "eve", "name": "Eve", "email": "eve@example.com"})
        for owner in ["nobody", "eve"]:
            with self.subTest(owner=owner):
                marker = {"uniqueValue": "users#email#lost@example.com", "recordId": owner}
                client.sync_put_item(settings.table("unique-values"), marker)
                self.assertEqual(
                    self.call("GET", "/users?email=lost@example.com").json, {"users": []}
                )
