"""The settings of the authorizer."""

from unittest import TestCase

from authorizer.config import Settings, SettingsError

GOOD = {"ISSUER": "https://issuer.example/", "AUDIENCE": "users-api"}


class SettingsTest(TestCase):
    """Settings from the environment."""

    def test_defaults(self) -> None:
        """An issuer and an audience are enough."""
        settings = Settings.from_environment(GOOD)
        expected = ("https://issuer.example/", {"users-api"}, {"at+jwt"}, "sub")
        self.assertEqual(settings, expected)
        empty = Settings.from_environment({**GOOD, "TOKEN_TYPES": "", "USER_CLAIM": ""})
        self.assertEqual(empty, settings)

    def test_all(self) -> None:
        """Several values are separated by spaces or commas."""
        settings = Settings.from_environment(
            {**GOOD, "AUDIENCE": "a, b c", "TOKEN_TYPES": "at+jwt,JWT", "USER_CLAIM": "email"}
        )
        expected = (GOOD["ISSUER"], {"a", "b", "c"}, {"at+jwt", "jwt"}, "email")
        self.assertEqual(settings, expected)

    def test_issuers(self) -> None:
        """An issuer is an https URL, or is on this machine."""
        for issuer in (
            "https://issuer.example",
            "https://issuer.example:8443/a/b",
            "http://127.0.0.1:8000",
            "http://[::1]:8000/a",
            "http://localhost",
        ):
            with self.subTest(issuer):
                settings = Settings.from_environment({**GOOD, "ISSUER": issuer})
                self.assertEqual(settings.issuer, issuer)

    def test_wrong_settings(self) -> None:
        """A setting that is not right is named."""
        for name, values in {
            "ISSUER": (
                "",
                "issuer.example",
                "issuer.example:443",
                "http://issuer.example",
                "http://127.0.0.1.issuer.example",
                "http://127.0.0.2@issuer.example",
                "https://",
                "https:///path",
                "https://:443",
                "https://a:b@issuer.example",
                "https://issuer.example?a",
                "https://issuer.example#a",
                "https://issuer.example:0",
                "https://issuer.example:x",
                "https://issuer.example:65536",
                "https://[issuer.example",
                "https://issuer example",
                " https://issuer.example",
                "https://issuer.example\n",
                "https://\xfcber.example",
                "ftp://127.0.0.1",
                "file:///etc/passwd",
            ),
            "AUDIENCE": ("", " ", ","),
            "TOKEN_TYPES": ("at", "id+jwt", "at+jwt none", "*"),
        }.items():
            for value in values:
                with self.subTest(name, value=value), self.assertRaisesRegex(SettingsError, name):
                    Settings.from_environment({**GOOD, name: value})
        for name in GOOD:
            with self.subTest(f"no {name}"), self.assertRaisesRegex(SettingsError, name):
                Settings.from_environment({each: GOOD[each] for each in GOOD if each != name})
