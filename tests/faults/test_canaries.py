"""No personal data in what the service writes: not in the log, not in the metrics, nowhere."""

import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, product

from msgspec.structs import replace

from tests.faults.test_silence import FAULTS
from tests.support import canaries
from tests.support.output import written
from tests.support.service import Service, ServiceTest, engine, fresh_settings
from tests.support.transports import HttpApi, RestApi, Wsgi
from tests.support.wire import Fault, Plan, tapped
from users_api.app import create_app

TRANSPORTS = (Wsgi, RestApi, HttpApi)
OPERATIONS = ("GetItem", "PutItem", "DeleteItem", "Scan", "TransactWriteItems")


class CanariesTest(ServiceTest):
    """Every part of every call, with every fault, through every transport."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.service = Service(fresh_settings(METRICS_NAMESPACE="test", ACCESS="token"))

    def answers(self, fault: Fault | None, transport: type[Wsgi | RestApi | HttpApi]) -> list[int]:
        """Send every request while a fault lasts; return the statuses of the answers."""
        with tapped(engine()) as wire:
            plans = [Plan(fault, each, lasting=True) for each in OPERATIONS] if fault else []
            wire.follow(*plans)
            settings = replace(self.service.settings, endpoint_url=wire.url)
            send = transport(create_app(settings))
            return [
                send(each.method, each.target, each.headers, each.body, each.claims).status
                for each in canaries.planted()
            ]

    def test_nowhere(self) -> None:
        """What is written holds no canary, whatever goes wrong."""
        cases = list(product((None, *FAULTS.values()), TRANSPORTS))
        with written() as output, ThreadPoolExecutor(len(cases)) as threads:
            statuses = list(chain(*threads.map(self.answers, *zip(*cases, strict=True))))
        self.assertEqual(canaries.found(output.getvalue()), [])
        lines = [line for line in output.getvalue().splitlines() if line.startswith('{"_aws"')]
        self.assertEqual(len(lines), len(statuses))
        self.assertLessEqual({200, 201, 400, 404, 500, 503}, set(statuses))
        planted = len(canaries.NEST.canaries)
        sys.stdout.write(f"{len(statuses)} calls with {planted} canaries, 0 found\n")
