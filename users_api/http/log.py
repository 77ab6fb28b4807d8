"""One line for each request, at its end: what it was, what became of it, and the metrics.

The line is JSON, and CloudWatch takes the metrics from it (embedded metric format):
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
It has the route, never the path, and nothing else that a client sends.
"""

import hmac
import logging
import os
import re
import secrets
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from flask import Flask, Response, request

from users_api import tally
from users_api.config import Settings
from users_api.http import access, failures

GATEWAY_REQUEST_ID = "users_api.gateway_request_id"  # the WSGI variable with that of the gateway

METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"))
TRACE_ID = re.compile(r"\bRoot=(1-[0-9a-f]{8}-[0-9a-f]{24})\b")
GATEWAY_ID = re.compile(r"[A-Za-z0-9=_-]{1,64}")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
SERVER_ERROR = 500

LATENCY = {"Name": "Latency", "Unit": "Milliseconds"}
COUNTED = ("ServerErrors", "StoreRequests", "StoreThrottles", "Conflicts", "ColdStarts")
OTHERS = [LATENCY, {"Name": "StoreLatency", "Unit": "Milliseconds"}] + [
    {"Name": name, "Unit": "Count"} for name in COUNTED
]

logger = logging.getLogger(__name__)


def install(app: Flask, settings: Settings, keys: Mapping[str, str]) -> None:
    """Make `app` write a line for each request, if settings say where its metrics belong.

    Without that, it writes only of the failures that are not the client's. `keys` are the fields
    that identify the records of each resource.
    """
    namespace = settings.metrics_namespace
    line = Line(namespace, settings.caller_key, keys).write if namespace else _warn
    app.before_request(tally.begin)
    app.after_request(line)


class Line:
    """What writes the lines; the first one is of a cold start."""

    def __init__(self, namespace: str, caller_key: str, keys: Mapping[str, str]) -> None:
        by_route = {"Dimensions": [["Route", "StatusClass"]], "Metrics": [LATENCY]}
        in_all = {"Dimensions": [[]], "Metrics": OTHERS}
        self._directives = [{"Namespace": namespace} | each for each in (by_route, in_all)]
        self._key = caller_key.encode() if caller_key else secrets.token_bytes(32)
        self._keys = keys
        self._cold = True

    def write(self, response: Response) -> Response:
        """Write the line of this request; return its answer as it is."""
        route, status, asked = self._route(), response.status_code, tally.current()
        now = datetime.now(UTC)
        line = {
            **self._metrics(now, route, status, asked),
            **self._fields(now, route, status, asked),
            "replayed": "Idempotent-Replayed" in [name for name, _ in response.headers],
        }
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
        return response

    def _metrics(
        self, now: datetime, route: str, status: int, asked: tally.Tally
    ) -> dict[str, Any]:
        cold, self._cold = self._cold, False
        milliseconds = int(now.timestamp() * 1000)
        return {
            "_aws": {"Timestamp": milliseconds, "CloudWatchMetrics": self._directives},
            "Route": route,
            "StatusClass": f"{status // 100}xx",
            "Latency": _milliseconds(time.perf_counter() - asked.began),
            "ServerErrors": int(status >= SERVER_ERROR),
            "StoreRequests": asked.requests,
            "StoreLatency": _milliseconds(asked.seconds),
            "StoreThrottles": asked.throttles,
            "Conflicts": asked.conflicts,
            "ColdStarts": int(cold),
        }

    def _fields(self, now: datetime, route: str, status: int, asked: tally.Tally) -> dict[str, Any]:
        environ = request.environ
        code, reason = environ.get(failures.FAILURE, (None, ""))
        named = environ["REQUEST_METHOD"].upper()
        method = named if named in METHODS else "other"
        return {
            "timestamp": now.isoformat(timespec="milliseconds"),
            "level": "ERROR" if status >= SERVER_ERROR else "INFO",
            "message": f"{method} {route} {status}",
            "method": method,
            "status": status,
            "errorCode": code,
            "reason": reason or None,
            "storeRetries": asked.retries,
            "requestId": failures.request_id(),
            "gatewayRequestId": _found(GATEWAY_ID, environ.get(GATEWAY_REQUEST_ID)),
            "traceId": _found(TRACE_ID, os.environ.get("_X_AMZN_TRACE_ID")),
            "caller": self._caller(),
        }

    def _route(self) -> str:
        """Return the pattern of the path: `/users/{userId}`."""
        rule = request.url_rule
        if rule is None or request.routing_exception:
            return "unknown"
        return _pattern(rule.rule, self._keys.get(rule.endpoint.partition(".")[0], "id"))

    def _caller(self) -> str | None:
        """Return what tells callers apart without telling who they are."""
        caller = access.caller()
        if not caller:
            return None
        return hmac.new(self._key, caller.encode(), "sha256").hexdigest()[:16]


@cache
def _pattern(rule: str, key: str) -> str:
    return PARAMETER.sub(r"{\1}", rule.replace("record_id", key))


def _warn(response: Response) -> Response:
    """Log a failure that is not the client's."""
    _, reason = request.environ.get(failures.FAILURE, (None, ""))
    if reason:
        identifier = failures.request_id()
        logger.error("Request %s: %s: %s", identifier, response.status_code, reason)
    return response


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _found(pattern: re.Pattern[str], text: str | None) -> str | None:
    """Return what a pattern finds in a text: its group, or all of it."""
    found = pattern.search(text or "")
    return found[found.lastindex or 0] if found else None
