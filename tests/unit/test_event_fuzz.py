"""Events that no gateway would send: whatever is in them, the handler answers, and legally.

SEED=… plays other ones.
"""

import copy
import json
import logging
import os
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.support.senders import SENDERS, Event, assert_legal, sent, verified
from tests.support.service import ServiceTest
from tests.support.transports import LambdaContext
from users_api.events import Handler

SEED = int(os.environ.get("SEED", "20261126"))
MUTATIONS = 10_000

JSON = {"Content-Type": "application/json"}
WRONG: list[Any] = [None, True, 0, -1, 1.5, 10**40, "", "x", [], {}, [None], {"a": None}, [[]]]
HOSTILE = [
    "\ud800",
    "a\r\nX-Evil: 1",
    "\x00",
    '"><script>alert(1)</script>',
    "%00%ff%2f..%2F",
    "../../",
    "//evil.example/",
    "{proxy+}",
    "{0.__class__}",
    "é\u202e\U0001f600",
    "chunked",
    "a" * 9_000,
    "&=" * 2_000,
    "2.0",
    "$default",
    "aws.events",
]
NAMES = [
    "Host",
    "Transfer-Encoding",
    "Content-Length",
    "If-Match",
    "Accept",
    "elb",
    "http",
    "a\n_b",
]

MOVED = 0.5  # of the parts that get another name; the others are there twice
DEEPER = 0.8  # of the parts that have parts


def beginnings() -> list[Event]:
    """Return events of every sender and of several requests, which are all right."""
    claims = {"sub": "ada", "scope": "users:read", "exp": 1_800_000_000}
    return [
        verified(event, claims)
        for kind in SENDERS
        for event in [
            sent(kind, "GET", "/users/ada?x=y", {"Accept": "application/json"}),
            sent(kind, "GET", "/users?limit=5"),
            sent(kind, "GET", "/docs"),
            sent(kind, "POST", "/users", JSON, b'{"name":"Ada","userId":"ada"}'),
            sent(kind, "PATCH", "/users/ada", JSON | {"If-Match": "*"}, b'{"name":"Bob"}'),
        ]
    ]


def places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what has a part, and the key of the part, for all parts of an event."""
    for key, value in [*(part.items() if isinstance(part, dict) else enumerate(part))]:
        yield part, key
        if isinstance(value, dict | list):
            yield from places(value)


def every_wrong_type(event: Event) -> Iterator[Event]:
    """Yield an event with each part of each wrong type, one after the other."""
    for part, key in places(event):
        right = part[key]
        for part[key] in copy.deepcopy(WRONG):
            yield event
        part[key] = right


def mutate(event: Event, random: Random) -> None:
    """Make up to four things of an event wrong."""
    for _ in range(random.randint(1, 4)):
        part, key = place(event, random)
        random.choice([put, put, remove, corrupt, rename])(part, key, random)


def place(part: Any, random: Random) -> tuple[Any, Any]:
    """Return what has a part, and the key of the part, for some part of an event."""
    key = random.choice([*part] if isinstance(part, dict) else range(len(part)))
    below = part[key]
    if isinstance(below, dict | list) and below and random.random() < DEEPER:
        return place(below, random)
    return part, key


def put(part: Any, key: Any, random: Random) -> None:
    """Put something else there."""
    part[key] = copy.deepcopy(random.choice(WRONG + HOSTILE))


def remove(part: Any, key: Any, _: Random) -> None:
    """Take it away."""
    del part[key]


def corrupt(part: Any, key: Any, random: Random) -> None:
    """Put a hostile text into a text, or in its place."""
    text = str(part[key])
    at = random.randint(0, len(text))
    part[key] = text[:at] + random.choice(HOSTILE) + text[at:]


def rename(part: Any, key: Any, random: Random) -> None:
    """Call it something else, or put a second one beside it."""
    if isinstance(part, list):
        part.append(part[key])
    else:
        name = random.choice([*NAMES, *HOSTILE, key.upper(), key.replace("-", "_")])
        part[name] = part.pop(key) if random.random() < MOVED else part[key]


class FuzzTest(ServiceTest):
    """The handler, sent anything."""

    def setUp(self) -> None:
        self.handler = Handler(self.service.app)
        logging.disable()  # it tells of each event
        self.addCleanup(logging.disable, logging.NOTSET)

    def assert_answered(self, event: Event) -> None:
        """Assert an answer that any gateway takes, and that it is no failure of ours."""
        try:
            result = self.handler(event, LambdaContext())
            assert_legal(result)
            self.assertLess(result["statusCode"], 500)
        except BaseException as error:
            error.add_note(f"SEED={SEED}, {event!r}")
            raise

    def test_every_wrong_type(self) -> None:
        """Each part of an event may be of any other type."""
        events = 0
        for beginning in beginnings()[::5]:
            for event in every_wrong_type(beginning):
                self.assert_answered(event)
                events += 1
        sys.stdout.write(f"{events} events with one part of a wrong type\n")

    def test_mutations(self) -> None:
        """Whatever is wrong with an event, it is answered."""
        random, texts = Random(SEED), [json.dumps(each) for each in beginnings()]
        for _ in range(MUTATIONS):
            event = json.loads(random.choice(texts))
            mutate(event, random)
            self.assert_answered(event)
        sys.stdout.write(f"{MUTATIONS} mutations of events, SEED={SEED}\n")
