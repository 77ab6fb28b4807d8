"""When keys are fetched, how long they are kept, and which of them are used."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple
from unittest import TestCase

from cryptography.hazmat.primitives.asymmetric import ec, ed448

from authorizer.discovery import fetch_jwks
from authorizer.jwks import usable_keys
from authorizer.keys import Keys, KeysError
from tests.authorizer.issuer import JWKS, Issuer, answer, closes, running_issuer, sends
from tests.authorizer.tokens import EDDSA, ES256, KEYS, RS256, Key, rsa_key

MINUTE, HOUR = 60, 3600
FOUND, UNKNOWN, FAILED = "found", "unknown", "failed"
OTHER = ES256._replace(kid="other")


class Step(NamedTuple):
    """At a time, with this answer of the issuer, a key is looked for."""

    seconds: float
    issuer: str  # "up", "down", or how its keys were changed
    key: Key
    outcome: str
    fetched: bool


HISTORIES: dict[str, list[Step]] = {
    "keys are kept for 10 minutes": [
        Step(0, "up", ES256, FOUND, fetched=True),
        Step(1, "up", ES256, FOUND, fetched=False),
        Step(1, "up", RS256, FOUND, fetched=False),
        Step(599.9, "up", ES256, FOUND, fetched=False),
        Step(600, "up", ES256, FOUND, fetched=True),
        Step(1199, "up", ES256, FOUND, fetched=False),
    ],
    "an unknown key is looked for once in 30 seconds": [
        Step(0, "up", OTHER, UNKNOWN, fetched=True),
        Step(29.9, "up", OTHER, UNKNOWN, fetched=False),
        Step(29.9, "up", OTHER._replace(kid="third"), UNKNOWN, fetched=False),
        Step(30, "up", OTHER, UNKNOWN, fetched=True),
        Step(59, "up", OTHER, UNKNOWN, fetched=False),
        Step(60, "up", OTHER, UNKNOWN, fetched=True),
    ],
    "and so while the issuer is down": [
        Step(0, "down", ES256, FAILED, fetched=True),
        Step(0, "down", ES256, FAILED, fetched=False),
        Step(29.9, "up", ES256, FAILED, fetched=False),
        Step(30, "down", ES256, FAILED, fetched=True),
        Step(59, "down", OTHER, FAILED, fetched=False),
        Step(60, "up", ES256, FOUND, fetched=True),
    ],
    "keys are used a day longer when no others are to be had": [
        Step(0, "up", ES256, FOUND, fetched=True),
        Step(600, "down", ES256, FOUND, fetched=True),
        Step(629, "down", ES256, FOUND, fetched=False),
        Step(630, "down", ES256, FOUND, fetched=True),
        Step(24 * HOUR, "down", ES256, FOUND, fetched=True),
        Step(24 * HOUR + 599.9, "down", ES256, FOUND, fetched=True),
        Step(24 * HOUR + 600, "down", ES256, FAILED, fetched=False),
        Step(24 * HOUR + 630, "down", ES256, FAILED, fetched=True),
        Step(24 * HOUR + 660, "up", ES256, FOUND, fetched=True),
    ],
    "a key that came while the issuer is down may be a good one": [
        Step(0, "up", ES256, FOUND, fetched=True),
        Step(40, "down", OTHER, FAILED, fetched=True),
        Step(41, "down", OTHER, FAILED, fetched=False),
        Step(42, "down", ES256, FOUND, fetched=False),
        Step(70, "rotated", OTHER, FOUND, fetched=True),
    ],
    "a key that is new is found at once": [
        Step(0, "up", ES256, FOUND, fetched=True),
        Step(300, "rotated", OTHER, FOUND, fetched=True),
        Step(301, "rotated", ES256, UNKNOWN, fetched=False),
        Step(330, "rotated", ES256, UNKNOWN, fetched=True),
    ],
    "a key that is taken away is used for 10 minutes at most": [
        Step(0, "up", ES256, FOUND, fetched=True),
        Step(599, "rotated", ES256, FOUND, fetched=False),
        Step(600, "rotated", ES256, UNKNOWN, fetched=True),
    ],
    "a fetch for an unknown key renews all": [
        Step(0, "up", ES256, FOUND, fetched=True),
        Step(500, "up", OTHER, UNKNOWN, fetched=True),
        Step(1099, "up", ES256, FOUND, fetched=False),
        Step(1100, "up", ES256, FOUND, fetched=True),
    ],
    "an empty set is a failure, not a set": [
        Step(0, "up", ES256, FOUND, fetched=True),
        Step(600, "empty", ES256, FOUND, fetched=True),
        Step(601, "empty", OTHER, FAILED, fetched=False),
    ],
    "and so is one with weak keys alone": [
        Step(0, "weak", ES256, FAILED, fetched=True),
        Step(30, "up", ES256, FOUND, fetched=True),
    ],
    "and so is an answer that is no set": [
        Step(0, "up", ES256, FOUND, fetched=True),
        Step(600, "HTML", ES256, FOUND, fetched=True),
        Step(631, "HTML", OTHER, FAILED, fetched=True),
    ],
}
WEAK = rsa_key("rs", bits=1024)
SETS = {"up": KEYS, "rotated": (OTHER,), "empty": (), "weak": (WEAK,)}
FAULTS = {"down": closes, "HTML": sends(answer(200, b"<p>Maintenance"))}


class KeysTest(TestCase):
    """Keys of an issuer, over time."""

    issuer: Issuer
    now: float
    keys: Keys

    def begin(self) -> None:
        """Begin a history."""
        self.issuer = self.enterContext(running_issuer())
        self.now = 0
        self.keys = Keys(partial(fetch_jwks, self.issuer.url, 60), lambda: self.now)

    def change(self, state: str) -> None:
        """Let the issuer answer so."""
        self.issuer.publish(*(key.jwk() for key in SETS.get(state, KEYS)))
        self.issuer.faults = {JWKS: FAULTS[state]} if state in FAULTS else {}

    def outcome(self, key: Key) -> str:
        """Look for a key, and tell what came of it."""
        try:
            return FOUND if self.keys.find((key.kid, key.algorithm)) else UNKNOWN
        except KeysError:
            return FAILED

    def test_histories(self) -> None:
        """Each history goes as the table says."""
        for name, steps in HISTORIES.items():
            self.begin()
            for step in steps:
                with self.subTest(name, seconds=step.seconds), self.assertNoLogsOf(step):
                    self.now = step.seconds
                    self.change(step.issuer)
                    asked = self.issuer.asked.count(JWKS)
                    self.assertEqual(self.outcome(step.key), step.outcome)
                    self.assertEqual(self.issuer.asked.count(JWKS) - asked, step.fetched)

    def assertNoLogsOf(self, step: Step) -> Any:  # noqa: N802 - as unittest has it
        """Assert that a log line is written when a fetch fails, and then only."""
        failing = step.fetched and step.issuer not in ("up", "rotated")
        return self.assertLogs("authorizer") if failing else self.assertNoLogs("authorizer")

    def test_a_failure_is_told_once(self) -> None:
        """The log says which document could not be had and why, in words of ours."""
        self.begin()
        self.issuer.faults = {JWKS: sends(answer(500, b"a secret of the provider's"))}
        with self.assertLogs("authorizer") as logs:
            self.outcome(ES256)
            self.outcome(ES256)
        (record,) = logs.records
        told = (record.levelname, record.getMessage(), record.exc_info)
        self.assertEqual(told, ("ERROR", "The keys of the issuer cannot be had", None))
        where = vars(record)["document"], vars(record)["reason"]
        self.assertEqual(where, ("jwks", "status 500"))

    def test_threads_share_a_fetch(self) -> None:
        """Many threads that look for a key at once fetch the keys once."""
        self.begin()
        self.change("up")
        with ThreadPoolExecutor(16) as pool:
            outcomes = list(pool.map(self.outcome, [ES256] * 64))
        self.assertEqual(set(outcomes), {FOUND})
        self.assertEqual(self.issuer.asked.count(JWKS), 1)


class UsableKeysTest(TestCase):
    """The keys of a set that can verify a token."""

    def assert_usable(self, jwks: Iterable[object], *names: tuple[str, str]) -> None:
        """Assert that these are the keys that can be used."""
        self.assertEqual(set(usable_keys(jwks)), set(names))

    def test_each_kind(self) -> None:
        """A key is used with the algorithm that it is made for."""
        for key in KEYS:
            with self.subTest(key.algorithm):
                self.assert_usable([key.jwk()], (key.kid, key.algorithm))

    def test_without_an_algorithm(self) -> None:
        """A key that names no algorithm is used with each that suits it."""
        self.assert_usable([RS256.jwk(alg=None)], ("rs", "RS256"), ("rs", "PS256"))
        self.assert_usable([ES256.jwk(alg=None)], ("es", "ES256"))
        self.assert_usable([EDDSA.jwk(alg=None)], ("ed", "EdDSA"))

    def test_use(self) -> None:
        """A key is for signatures, or does not say what it is for."""
        name = ("es", "ES256")
        self.assert_usable([ES256.jwk(use=None)], name)
        self.assert_usable([ES256.jwk(key_ops=["verify"])], name)
        self.assert_usable([ES256.jwk(key_ops=["sign", "verify"])], name)
        for use in ("enc", "SIG", "", 1, ["sig"]):
            with self.subTest(use=use):
                self.assert_usable([ES256.jwk(use=use)])
        for operations in ([], ["sign"], ["encrypt"], "verify", {"verify": 1}, 1, [["verify"]]):
            with self.subTest(key_ops=operations):
                self.assert_usable([ES256.jwk(key_ops=operations)])

    def test_strength(self) -> None:
        """An RSA key has 2048 bits or more."""
        self.assert_usable([rsa_key("a").jwk()], ("a", "RS256"))
        self.assert_usable([rsa_key("a", bits=2047).jwk(), WEAK.jwk(), WEAK.jwk(alg="PS256")])

    def test_other_algorithms(self) -> None:
        """A key of another kind, or for another algorithm, is not used."""
        p384 = Key("a", "ES384", ec.generate_private_key(ec.SECP384R1()))
        p256k = Key("a", "ES256K", ec.generate_private_key(ec.SECP256K1()))
        okp448 = Key("a", "EdDSA", ed448.Ed448PrivateKey.generate())
        secret = {"kty": "oct", "kid": "a", "k": "c2VjcmV0" * 8}
        self.assert_usable(
            [
                *(each.jwk() for each in (p384, p256k, okp448)),
                *(each.jwk(alg="ES256") for each in (p384, p256k)),
                *(each.jwk(alg=None) for each in (p384, p256k, okp448)),
                *(RS256.jwk(alg=other) for other in ("RS384", "RSA-OAEP", "none", "", "HS256", 1)),
                RS256.jwk(alg="ES256"),
                ES256.jwk(alg="RS256"),
                EDDSA.jwk(alg="ES256"),
                secret,
                secret | {"alg": "RS256"},
                secret | {"alg": "HS256"},
            ]
        )

    def test_malformed_keys(self) -> None:
        """A malformed key is left out, and does no harm to the others."""
        wrong: list[object] = [None, 1, "", [], {}, {"kid": "a"}, [ES256.jwk()]]
        others: tuple[object, ...] = (None, 1, [], {}, True)
        wrong += [ES256.jwk(kid=value) for value in others]
        values = (*others, "", "!", "AA", "\xfc", "\ud800", "A" * 99_999)
        for key in KEYS:
            for name in set(key.jwk()) - {"kid", "use", "alg"}:
                wrong += [key.jwk() | {name: value} for value in values]
                wrong.append(key.jwk(**{name: None}))
            wrong += [key.jwk() | {"alg": value} for value in values]
        for jwk in wrong:
            with self.subTest(str(jwk)[:200]):
                self.assert_usable([jwk, ES256.jwk(kid="good")], ("good", "ES256"))
