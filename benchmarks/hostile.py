"""What the most expensive requests cost, next to an ordinary one: `python -m benchmarks.hostile`.

Each is at most 64 KiB: those of a table, and those of a search, which goes on from what it finds to
be expensive. The CPU time of each, that of all threads of the process, is told as a multiple of an
ordinary `POST /users`. The aim is 20 at most; a ratio depends on the machine less than a time.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from itertools import count

from hypothesis import Phase, given, seed, settings, target
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from benchmarks.shapes import JSON, NUMBERS, Case, cases, cut, filled
from tests.support.kinds import Record
from tests.support.service import Service, fresh_settings
from users_api.http.requests import LARGEST_BODY
from users_api.resource import Resource
from users_api.users import USERS

AIM = 20
REPEATS = 7  # of what seems to be expensive
SHAPES = 500  # that are searched
SEED = 20261126
SHOWN = 15

RECORDS: Resource[Record] = Resource(name="records", model=Record, key="recordId")

LEAVES = [
    *("1", "-0.0", "true", "null", '""', '"a"', '"\\u0344"', '"\u0344\u0316"', '"2026-11-24"'),
    *NUMBERS.values(),
]
UNITS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{','.join(parts)}]")
        | st.lists(inner, max_size=3).map(
            lambda parts: "{" + ",".join(f'"{n}":{part}' for n, part in enumerate(parts)) + "}"
        )
    ),
    max_leaves=6,
)
CHARACTERS = "a@.-1 T:\u0301\u0316\u0344\u0958\u1100\u1161\u11a8\u200b\u3164\ufb01\U0001d160"


def listed(field: str, unit: str) -> bytes:
    """Return a body with as many units as fit in a list."""
    return filled(f'{{"{field}":['.encode(), f"{unit},".encode(), b"1]}")


def named(field: str, unit: str) -> bytes:
    """Return a body with as many units as fit in an object, and each name once."""
    return filled(f'{{"{field}":{{'.encode(), (f'"{n:x}":{unit},' for n in count()), b'"":1}}')


def beside(field: str, unit: str) -> bytes:
    """Return a body with as many unknown fields as fit, and a known one."""
    return filled(b"{", (f'"{n:x}":{unit},' for n in count()), f'"{field}":{unit}}}'.encode())


def nested(field: str, unit: str) -> bytes:
    """Return a body with a unit as deep in lists as it is read."""
    depth = min(900, (LARGEST_BODY - len(unit.encode()) - 99) // 2)
    return f'{{"{field}":{"[" * depth}{unit}{"]" * depth}}}'.encode()[:LARGEST_BODY]


def written(field: str, text: str) -> bytes:
    """Return a body with a text many times over."""
    return cut(f'{{"{field}":"{text * (LARGEST_BODY // len(text))}'.encode())


PHASES = [Phase.generate, Phase.target]

Shape = tuple[Callable[[str, str], bytes], str]
SHAPED: st.SearchStrategy[Shape] = st.tuples(
    st.sampled_from([listed, named, beside, nested]), UNITS
) | st.tuples(st.just(written), st.text(CHARACTERS, min_size=1, max_size=9))


class Meter:
    """Measures requests by the CPU time of an ordinary one."""

    def __init__(self, service: Service) -> None:
        self._service = service
        documents = [{"userId": f"user-{n}", "name": "John"} for n in range(300)]
        bodies = [json.dumps(document).encode() for document in documents]
        start = time.process_time()
        for body in bodies:
            service.send("POST", "/users", JSON, body)
        self.ordinary = (time.process_time() - start) / len(bodies)

    def ratio(self, case: Case) -> float:
        """Return what a request costs: if that is much, the least of several."""
        ratio = self._seconds(case) / self.ordinary
        if ratio < AIM / 4:
            return ratio
        return min(self._seconds(case) for _ in range(REPEATS)) / self.ordinary

    def _seconds(self, case: Case) -> float:
        gc.freeze()  # as the function does: what the search keeps is not for the collector to visit
        start = time.process_time()
        answer = self._service.send(case.method, case.target, case.headers, case.body)
        seconds = time.process_time() - start
        if answer.status >= 500:  # noqa: PLR2004 - a failure of ours
            raise AssertionError(f"{case.name}: {answer}")
        return seconds


def searched(meter: Meter) -> list[tuple[float, str]]:
    """Look for expensive bodies; return what they cost."""
    found: list[tuple[float, str]] = []
    names = ["name", "email", *(each.encode_name for each in fields(Record))]

    @seed(SEED)
    @settings(
        max_examples=SHAPES, deadline=None, database=None, phases=[Phase.generate, Phase.target]
    )
    @given(st.sampled_from(["/users", "/records"]), st.sampled_from(names), SHAPED)
    def look(path: str, field: str, shape: Shape) -> None:
        arranged, unit = shape
        name = f"POST {path} {field}, {arranged.__name__}: {unit[:30]!a}"
        case = Case(name, "POST", path, JSON, arranged(field, unit))
        ratio = meter.ratio(case)
        target(ratio)
        found.append((ratio, name))

    look()
    return found


def main() -> int:
    """Print the most expensive requests; return whether one is beyond the aim."""
    service = _service()
    service.call("POST", "/users", {"userId": "victim", "name": "Ada"})
    meter = Meter(service)
    told = [(meter.ratio(case), case.name) for case in cases()]
    found = searched(meter)
    sys.stdout.write(f"An ordinary POST takes {meter.ordinary * 1000:.2f} ms of CPU.\n")
    sys.stdout.write(f"{len(told)} shapes of a table, {len(found)} of a search (seed {SEED}):\n")
    worst = sorted({*told, *found}, reverse=True)[:SHOWN]
    sys.stdout.writelines(f"{ratio:8.1f}  {name}\n" for ratio, name in worst)
    return worst[0][0] > AIM


def _service() -> Service:
    """Return a service of users, and of records with a field of every kind."""
    settings = fresh_settings()
    name = settings.table("users").replace("users", "records")
    Service(settings).table().sync_create_table(name, ("recordId", "S"), wait=True)
    tables = {**settings.tables, "RECORDS_TABLE": name}
    return Service(replace(settings, tables=tables), [USERS, RECORDS])


if __name__ == "__main__":
    sys.exit(main())
