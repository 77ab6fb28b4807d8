"""What no user may be: bad names, ids and addresses."""

from urllib.parse import quote

from tests.support.service import ServiceTest


class BadUserTest(ServiceTest):
    """Every case is refused, naming its field, and leaves no trace."""

    def tearDown(self) -> None:
        self.assertEqual(self.stored(), [])

    def test_wrong_types(self) -> None:
        """Nothing is coerced."""
        for value in [1, 1.5, True, {}, {"a": "b"}, [], ["John"], None]:
            for field in ["userId", "name", "email"]:
                with self.subTest(field=field, value=value):
                    document = {"userId": "a", "name": "a", "email": "a@b.c"} | {field: value}
                    self.assert_refused(self.call("POST", "/users", document), 400, field)

    def test_bad_names(self) -> None:
        """A name is not blank, not too long, and has no control characters."""
        for name in [
            "",
            " ",
            "\u00a0\u2003",
            "n" * 257,
            "a\x00b",
            "a\nb",
            "John\n",
            "a\x7fb",
            "a\x85b",
            "a\u202eb",
            "a\u2066b",
            "a\u200eb",
            "a\u200fb",
            "a\u061cb",
            *"\u200b\u3164\u2800\u00ad\ufeff\U000e0001",
            "a" + "\u0344" * 8_000 + "\u0316" * 2_000,
        ]:
            with self.subTest(name=name[:10]):
                self.assert_refused(self.call("POST", "/users", {"name": name}), 400, "name")

    def test_bad_ids(self) -> None:
        """An id is of unreserved characters only, so that it stands in a URL as it is."""
        for user_id in ["", ".", "..", "a/b", "a b", "ä", "\U0001f600", "a\n", "a%20", "u" * 129]:
            with self.subTest(user_id=user_id[:10]):
                document = {"userId": user_id, "name": "John"}
                self.assert_refused(self.call("POST", "/users", document), 400, "userId")

    def test_bad_emails(self) -> None:
        """An e-mail address has one @, a dotted domain, and no spaces or controls."""
        for email in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "ada@example.com.",
            "ada@.example.com",
            "ada@example..com",
            "ada@b@example.com",
            "a da@example.com",
            "ada@exa mple.com",
            " ada@example.com",
            "ada@example.com\n",
            "ada@example.com\r\nBcc: x",
            "ada\u0000@example.com",
            "ada\u202e@example.com",
            "ada@example.com\u0085",
            f"{'l' * 65}@example.com",
            f"{'l' * 64}@{'d' * 62}.{'e' * 62}.{'f' * 59}.info",
            "\u017fam@example.com",
            "\u212aelvin@example.com",
            "\ufb01@example.com",
            "a\u200b@example.com",
            "a\u00ad@example.com",
            "a@b\u00fccher.de",
            "\u0390" * 240 + "@b.c",
        ]:
            with self.subTest(email=email[:30]):
                document = {"name": "Ada", "email": email}
                self.assert_refused(self.call("POST", "/users", document), 400, "email")
                self.assert_refused(self.call("GET", f"/users?email={quote(email)}"), 400, "email")
        self.assert_refused(self.call("GET", "/users?email=%ff@example.com"), 400, "email")

    def test_names_every_bad_field(self) -> None:
        """All bad fields are named at once: ours in their order, then those we do not know."""
        document = {"zzz": 1, "version": 7, "email": 1, "name": "", "userId": "a b", "writeId": "x"}
        answer = self.call("POST", "/users", document)
        self.assert_refused(answer, 400, "userId", "name", "email", "zzz", "version", "writeId")
        self.assert_refused(self.call("POST", "/users", {}), 400, "name")

    def test_repeats_no_value(self) -> None:
        """An answer does not carry what was sent."""
        for document in [
            {"name": "secret\x00"},
            {"name": "a", "userId": "secret/"},
            {"x": "secret"},
        ]:
            with self.subTest(document=document):
                self.assertNotIn(b"secret", self.call("POST", "/users", document).body)
