"""Reading, changing and removing records of any resource."""

from tests.support.resources import ResourceTest
from tests.support.transports import Answer


class ReadTest(ResourceTest):
    """`GET /users/{userId}`."""

    needs = ("create", "read")

    def test_head(self) -> None:
        """HEAD answers with the headers of GET, and without a body."""
        self.create("head")
        got, head = self.call("GET", self.one("head")), self.call("HEAD", self.one("head"))
        self.assertEqual((head.status, head.body), (200, b""))
        for name in ["Content-Type", "Content-Length", "ETag", "Last-Modified"]:
            self.assertEqual(head.headers[name], got.headers[name])

    def test_is_private(self) -> None:
        """No cache keeps a record."""
        self.create("private")
        answer = self.call("GET", self.one("private"))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_if_none_match(self) -> None:
        """Whoever has the current revision is told so, without a body."""
        etag, one = self.create("known").headers["ETag"], self.one("known")
        for header in [etag, f"W/{etag}", f'"other", {etag}', "*", f' {etag} ,"x"']:
            with self.subTest(header=header):
                answer = self.call("GET", one, If_None_Match=header)
                self.assertEqual((answer.status, answer.body), (304, b""))
                self.assertEqual(answer.headers["ETag"], etag)
        for header in ['"other"', '"", "x"']:
            with self.subTest(header=header):
                self.assertEqual(self.call("GET", one, If_None_Match=header).status, 200)
        self.assert_refused(self.call("GET", one, If_None_Match="x"), 400)
        self.assert_refused(self.call("GET", self.one("nobody"), If_None_Match="*"), 404)


class ChangeTest(ResourceTest):
    """`PATCH /users/{userId}`."""

    needs = ("create", "read", "change", "remove", "be varied")

    def setUp(self) -> None:
        self.call("DELETE", self.one("ada"))
        created = self.create("ada", **self.changed(1))
        self.etag, self.document = created.headers["ETag"], created.json

    def patch(self, patch: object, **headers: str) -> Answer:
        return self.call("PATCH", self.one("ada"), patch, **headers)

    def test_changes_what_is_named(self) -> None:
        """A field that is named changes, another does not; the answer is the new record."""
        answer = self.patch(self.changed(2), Content_Type="application/merge-patch+json")
        self.assertEqual(answer.json, self.document | self.changed(2))
        read = self.call("GET", self.one("ada"))
        self.assertEqual((read.body, read.headers["ETag"]), (answer.body, answer.headers["ETag"]))
        self.assertNotEqual(answer.headers["ETag"], self.etag)

    def test_changes_nothing(self) -> None:
        """A patch without effect leaves the record, and its revision, as they are."""
        for patch in [{}, self.changed(1)]:
            with self.subTest(patch=patch):
                answer = self.patch(patch)
                self.assertEqual((answer.status, answer.headers["ETag"]), (200, self.etag))

    def test_bad_patches(self) -> None:
        """A patch is an object of fields that may be changed; nothing else is applied with it."""
        key, good = self.kind.key, self.changed(2)
        cases: list[tuple[object, list[str]]] = [
            ({key: "other"} | good, [key]),
            ({key: self.kind.identified("ada"), "x": 1}, [key, "x"]),
            ({"version": 1} | good, ["version"]),
            ({"writeId": "a", "createdAt": None}, ["writeId", "createdAt"]),
            ({self.kind.field: {"deep": {"er": 1}}}, [self.kind.field]),
            ([], []),
            ("x", []),
        ]
        for patch, fields in cases:
            with self.subTest(patch=patch):
                self.assert_refused(self.patch(patch), 400, *fields)
        null = self.send("PATCH", self.one("ada"), b"null", Content_Type="application/json")
        self.assert_refused(null, 400)
        self.assert_refused(self.patch({}, Content_Type="text/plain"), 415)
        self.assertEqual(self.call("GET", self.one("ada")).headers["ETag"], self.etag)

    def test_null(self) -> None:
        """What is required cannot be removed."""
        for field in self.kind.required(self.service):
            with self.subTest(field=field):
                answer = self.patch({field: None})
                self.assert_refused(answer, 400, field)
                self.assertEqual(answer.json["errors"][0]["message"], "is required")

    def test_deep_patches(self) -> None:
        """An object where there is none is an error of that field, however deep it goes."""
        for depth in [1, 31, 700]:
            with self.subTest(depth=depth):
                deep = b'{"a":' * depth + b"1" + b"}" * depth
                body = b'{"%s":%s}' % (self.kind.field.encode(), deep)
                answer = self.send("PATCH", self.one("ada"), body, Content_Type="application/json")
                self.assert_refused(answer, 400, self.kind.field)
        for depth in [980, 1_000, 5_000, 9_000]:  # no parser goes all the way
            with self.subTest(depth=depth):
                body = b'{"name":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
                answer = self.send("PATCH", self.one("ada"), body, Content_Type="application/json")
                self.assertEqual(answer.status, 400)

    def test_if_match(self) -> None:
        """A patch on a condition changes exactly that revision."""
        patch = self.changed(2)
        self.assert_refused(self.patch(patch, If_Match='"stale"'), 412)
        self.assert_refused(self.patch(patch, If_Match=f"W/{self.etag}"), 412)
        self.assert_refused(self.patch({"x": ""}, If_Match='"stale"'), 400, "x")
        longest = f'"{"x" * (8 * 1024 - 2)}"'
        self.assert_refused(self.patch(patch, If_Match=longest), 412)
        bad = ["", "x", "x, y", f"{self.etag} x", f"{self.etag},", '"', "**", f"W/{longest}"]
        for header in bad:
            with self.subTest(header=header):
                self.assert_refused(self.patch(patch, If_Match=header), 400)
        self.assertEqual(self.call("GET", self.one("ada")).headers["ETag"], self.etag)
        self.assertEqual(self.patch(patch, If_Match=f'"x", {self.etag}').status, 200)
        self.assert_refused(self.patch(self.changed(3), If_Match=self.etag), 412)
        self.assert_refused(self.patch({}, If_Match=self.etag), 412)
        self.assertEqual(self.patch(self.changed(3), If_Match="*").status, 200)

    def test_nobody(self) -> None:
        """What does not exist cannot be changed."""
        for headers in [{}, {"If_Match": "*"}, {"If_Match": '"x"'}]:
            with self.subTest(headers=headers):
                answer = self.call("PATCH", self.one("nobody"), self.changed(1), **headers)
                self.assert_refused(answer, 404)

    def test_keeps_what_others_store(self) -> None:
        """An attribute of the item that is no field survives a change."""
        table, client = self.service.settings.table(self.kind.name), self.service.table()
        key = {self.kind.key: self.kind.identified("ada")}
        client.sync_update_item(table, key, updates={"badge": {"color": "red"}})
        self.assertEqual(self.patch(self.changed(2)).status, 200)
        item = client.sync_get_item(table, key)
        assert item
        self.assertEqual((item["badge"], item["version"]), ({"color": "red"}, 2))


class UniqueTest(ResourceTest):
    """A value that no two records share."""

    needs = ("create", "read", "change", "remove", "list", "be unique")

    def setUp(self) -> None:
        for each in self.call("GET", f"{self.path}?limit=100").json[self.kind.name]:
            self.call("DELETE", f"{self.path}/{each[self.kind.key]}")
        self.document = self.create("ada", **self.unique(1)).json

    def patch(self, patch: object) -> Answer:
        return self.call("PATCH", self.one("ada"), patch)

    def assert_taken(self, answer: Answer, field: str) -> None:
        """Assert that a field is named whose value is taken."""
        self.assert_refused(answer, 409, field)
        self.assertEqual(answer.json["code"], "conflict")
        self.assertEqual(answer.json["error"], f'The "{field}" is already taken')
        self.assertEqual(answer.json["errors"][0]["message"], "is already taken")

    def test_is_taken_once(self) -> None:
        """A second record cannot have it, by creation or by change, and stays as it is."""
        self.assert_taken(
            self.call("POST", self.path, self.new(**self.unique(1))), self.kind.unique
        )
        bob = self.create("bob")
        patched = self.call("PATCH", self.one("bob"), self.unique(1))
        self.assert_taken(patched, self.kind.unique)
        self.assertEqual(self.call("GET", self.one("bob")).body, bob.body)
        self.assertEqual(self.found(1), [self.document])

    def test_id(self) -> None:
        """An id that is taken is told first, and the unique value that came with it is not kept."""
        for number in [1, 2]:
            with self.subTest(number=number):
                document = self.new("ada", **self.unique(number))
                self.assert_taken(self.call("POST", self.path, document), self.kind.key)
        self.assertEqual(self.found(2), [])
        self.assertEqual(self.found(1), [self.document])

    def test_null_removes(self) -> None:
        """Null gives the value up, once or twice, and somebody else can take it."""
        if "give it up" not in self.kind.can:
            self.skipTest("the unique value of this resource is required")
        left = {name: each for name, each in self.document.items() if name != self.kind.unique}
        for _ in range(2):
            self.assertEqual(self.patch(self.no_unique()).json, left)
        self.create("bob", **self.unique(1))
        self.assert_taken(self.patch(self.unique(1)), self.kind.unique)

    def test_moves(self) -> None:
        """A new value is taken and the former one is free, at once."""
        self.assertEqual(self.patch(self.unique(2)).status, 200)
        bob = self.create("bob", **self.unique(1)).json
        self.assert_taken(self.patch(self.unique(1)), self.kind.unique)
        self.assertEqual(self.found(1), [bob])
        self.assertEqual(self.found(2), [self.document | self.unique(2)])

    def test_is_kept(self) -> None:
        """A change of another field leaves it."""
        self.assertEqual(self.patch(self.changed(2)).status, 200)
        self.assertEqual(self.found(1), [self.document | self.changed(2)])

    def test_is_freed(self) -> None:
        """That of a removed record can be taken at once."""
        for _ in range(3):
            self.assertEqual(self.call("DELETE", self.one("ada")).status, 204)
            self.assertEqual(self.found(1), [])
            self.create("ada", **self.unique(1))

    def test_looked_up_alone(self) -> None:
        """A look-up takes one value, and knows no pages."""
        [(field, value)] = self.unique(1).items()
        query = f"{self.path}?{field}={value}"
        self.assert_refused(self.call("GET", f"{query}&cursor=x"), 400, "cursor")
        self.assert_refused(self.call("GET", f"{query}&{field}={value}"), 400, field)
        self.assertEqual(self.call("GET", f"{query}&limit=5").status, 200)

    def test_marker_without_record(self) -> None:
        """A marker that leads nowhere, or to a record with another value, finds nothing."""
        client, table = self.service.table(), self.service.settings.table("unique-values")
        marker = next(client.sync_scan(table))
        for owner in ["nobody", self.document[self.kind.key]]:
            with self.subTest(owner=owner):
                [(field, value)] = self.unique(3).items()
                folded = self.kind.resource.unique[field](value)
                lost = f"{self.kind.name}#{field}#{folded}"
                client.sync_put_item(table, marker | {"uniqueValue": lost, "recordId": owner})
                self.assertEqual(self.found(3), [])
                client.sync_delete_item(table, {"uniqueValue": lost})


class RemoveTest(ResourceTest):
    """`DELETE /users/{userId}`."""

    def test_removes_once(self) -> None:
        """A record is removed, and a second time is not there."""
        self.create("gone")
        answer = self.call("DELETE", self.one("gone"))
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assert_refused(self.call("DELETE", self.one("gone")), 404)
        self.assert_refused(self.call("GET", self.one("gone")), 404)

    def test_if_match(self) -> None:
        """A removal on a condition removes exactly that revision, and no later one of the id."""
        first = self.create("b").headers["ETag"]
        self.assert_refused(self.call("DELETE", self.one("b"), If_Match='"stale"'), 412)
        self.assert_refused(self.call("DELETE", self.one("b"), If_Match="garbage"), 400)
        self.assertEqual(self.call("DELETE", self.one("b"), If_Match=first).status, 204)
        self.assert_refused(self.call("DELETE", self.one("b"), If_Match="*"), 404)
        self.create("b")
        self.assert_refused(self.call("DELETE", self.one("b"), If_Match=first), 412)


class ReferenceTest(ResourceTest):
    """A field that holds the id of another resource's record."""

    needs = ("create", "read", "change", "refer")

    def test_must_exist(self) -> None:
        """What a record refers to exists when it is written."""
        for field, target in self.kind.resource.references.items():
            with self.subTest(field):
                created = self.create(None, **self.kind.reference(field, self.service))
                nobody = {field: self.kind.target(field).identified("nobody")}
                for answer in [
                    self.call("POST", self.path, self.new(**nobody)),
                    self.call("PATCH", f"{self.path}/{created.json[self.kind.key]}", nobody),
                ]:
                    self.assert_refused(answer, 409, field)
                    told = f"is not the id of any {target.noun}"
                    self.assertEqual(answer.json["errors"][0]["message"], told)
