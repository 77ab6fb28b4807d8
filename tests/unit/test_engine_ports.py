"""Where the embedded DynamoDB listens."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from unittest import TestCase

from local.engine import PORTS_CLOSED_TO_PAGES, EngineFailedError, running_engine
from local.tables import create_missing
from tests.unit.test_local import exists


@contextmanager
def listeners(count: int) -> Iterator[list[int]]:
    """Listen at some ports as other programs may; yield them."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        yield [listener.getsockname()[1] for listener in taken]


class PortsTest(TestCase):
    """The port of an engine that may have one of a few."""

    def test_first_free(self) -> None:
        """It listens at the first port that no other program has."""
        with listeners(1) as free:
            pass
        with listeners(2) as taken, running_engine(ports=[*taken, *free]) as url:
            self.assertEqual(url, f"http://127.0.0.1:{free[0]}")
            create_missing(url, "test")
            self.assertTrue(exists(url, "users-table-test"))

    def test_all_taken(self) -> None:
        """When other programs have every port, one sentence names them."""
        with (
            listeners(2) as taken,
            self.assertRaisesRegex(EngineFailedError, rf"\({taken[0]}, {taken[1]}\)\.$"),
            running_engine(ports=taken),
        ):
            self.fail("an engine without a port")

    def test_many_at_once(self) -> None:
        """Engines that start in the same moment never take another for themselves."""
        with listeners(4) as ports:
            pass
        folder = Path(self.enterContext(TemporaryDirectory()))
        started, seen = Barrier(len(ports), timeout=30), Barrier(len(ports), timeout=30)
        tables: dict[str, list[bool]] = {}

        def run(stage: str) -> None:
            started.wait()
            with running_engine(folder / stage / "data.sqlite", ports) as url:
                create_missing(url, stage)
                seen.wait()
                tables[url] = [exists(url, f"users-table-{port}") for port in ports]
                seen.wait()

        threads = [Thread(target=run, args=(str(port),)) for port in ports]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(tables), len(ports))
        self.assertTrue(all(sum(found) == 1 for found in tables.values()), tables)

    def test_no_privileges(self) -> None:
        """`make run` may choose among many ports, none of which needs privileges."""
        self.assertGreater(len(set(PORTS_CLOSED_TO_PAGES)), 12)
        self.assertGreater(min(PORTS_CLOSED_TO_PAGES), 1023)
