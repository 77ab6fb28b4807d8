"""The contract as a document: it is what the code says."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import TestCase

from msgspec import convert, defstruct
from msgspec.structs import fields, replace

from tests.support.compatibility import breakages, calls
from tests.unit.test_config import NO_DYNAMODB, TABLES
from users_api.app import RESOURCES, create_app
from users_api.config import Settings
from users_api.http import about, failures, pages
from users_api.openapi.document import contract, info

RELEASED = Path(__file__).parent.parent.parent / "docs" / "api"

SHARED = [failures.Failure, failures.Problem, about.Index, about.Health]
KINDS: dict[str, Any] = {kind.__name__: kind for kind in SHARED}
for resource in RESOURCES:
    model: Any = resource.model
    KINDS[model.__name__] = model
    KINDS[f"{model.__name__}Page"] = defstruct(
        "Page", [("records", list[model])], rename={"records": resource.name}
    )


def version(path: Path) -> tuple[int, ...]:
    """Return the version of a released contract, by the name of its file."""
    return tuple(int(number) for number in re.findall("[0-9]+", path.stem))


def with_ids(rule: str) -> str:
    """Return the path of a route as the contract writes it."""
    for resource in RESOURCES:
        of_resource = rule.startswith(f"/{resource.name}/")
        rule = rule.replace("<record_id>", f"{{{resource.key}}}") if of_resource else rule
    return rule


class ContractTest(TestCase):
    """`GET /openapi.json` where access is open."""

    token = False
    contract: dict[str, Any]

    @classmethod
    def setUpClass(cls) -> None:
        cls.contract = contract(RESOURCES, token=cls.token)

    def test_calls(self) -> None:
        """It has every call of the application but those that serve it, and no other."""
        app = create_app(Settings.from_environment(TABLES | {"IS_OFFLINE": "true"}))
        served = {
            f"{method} {with_ids(rule.rule)}"
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            if rule.endpoint not in {"openapi", "docs", "docs_file"}
        }
        self.assertEqual(calls(self.contract).keys(), served)

    def test_info(self) -> None:
        """It tells what is stored in a sentence."""
        resources = [replace(RESOURCES[0], name=each) for each in ("users", "groups", "cars")]
        for number, stored in enumerate(["users", "users and groups", "users, groups and cars"], 1):
            told = info(resources[:number])["description"].partition("\n")[0]
            self.assertEqual(told, f"A backend that stores {stored}.")

    def test_query(self) -> None:
        """Its query parameters are those that the service reads."""
        for resource in [each for each in RESOURCES if "list" in each.calls]:
            listed = calls(self.contract)[f"GET /{resource.name}"]["parameters"].values()
            read = [field.encode_name for field in fields(pages.query_of(resource))]
            self.assertEqual([each["name"] for each in listed], read)

    def test_examples_of_answers(self) -> None:
        """Every example of an answer is one, by the types that answers are made of."""
        examples = list(self.examples_of_answers())
        self.assertGreater(len(examples), 20)
        for name, example in examples:
            with self.subTest(name, example=example):
                convert(example, KINDS[name])

    def examples_of_answers(self) -> Iterator[tuple[str, object]]:
        """Yield every example of an answer, with the name of its schema."""
        answers = [
            *self.contract["components"]["responses"].values(),
            *(answer for call in self.calls() for answer in call["responses"].values()),
        ]
        for content in [each for answer in answers for each in answer.get("content", {}).values()]:
            name = content["schema"].get("$ref", "a page").rpartition("/")[2]
            for example in content.get("examples", {}).values():
                yield name, example["value"]
            if "example" in content:
                yield name, content["example"]

    def calls(self) -> Iterator[dict[str, Any]]:
        """Yield every call as it is written, with its references."""
        for item in self.contract["paths"].values():
            yield from (item[method] for method in item if method != "parameters")

    def test_examples_of_headers(self) -> None:
        """Every example of a header is one, by the pattern that it is given."""
        for name, header in self.contract["components"]["headers"].items():
            with self.subTest(name):
                schema, example = header["schema"], header["example"]
                self.assertRegex(example, schema.get("pattern", "^"))
                self.assertIn(example, schema.get("enum", [example]))

    def test_links(self) -> None:
        """Every link leads to a call, and gives it parameters that it has."""
        by_id = {call["operationId"]: call for call in calls(self.contract).values()}
        links = [
            link
            for call in by_id.values()
            for answer in call["responses"].values()
            for link in answer.get("links", {}).values()
        ]
        self.assertTrue(links)
        for link in links:
            names = {each["name"] for each in by_id[link["operationId"]]["parameters"].values()}
            self.assertLessEqual(link["parameters"].keys(), names)

    def test_too_many_requests(self) -> None:
        """Every call can be one too many."""
        for call in self.calls():
            self.assertIn("429", call["responses"])

    def test_open(self) -> None:
        """Where nobody is asked for a token, nothing is said of tokens."""
        said = json.dumps(contract(RESOURCES)).lower()
        for word in ["security", "www-authenticate", "scope", "bearer"]:
            self.assertNotIn(word, said)

    def test_compatible(self) -> None:
        """It breaks nothing that the last released one promised, if there is one."""
        for last in sorted(RELEASED.glob("openapi-*.json"), key=version)[-1:]:
            self.assertEqual(breakages(json.loads(last.read_bytes()), self.contract), [], last.name)


class TokenContractTest(ContractTest):
    """`GET /openapi.json` where a token is asked for: the same, and what tokens must be."""

    token = True

    def test_needs(self) -> None:
        """Each call says what the rules of access ask for, and how it is refused."""
        for rule, scopes, owner_may in [
            ("GET /users", "users:read", False),
            ("POST /users", "users:write", True),
            ("GET /users/{userId}", "users:read", True),
            ("PATCH /users/{userId}", "users:write", True),
            ("DELETE /users/{userId}", "users:write", True),
        ]:
            with self.subTest(rule):
                method, path = rule.split()
                call = self.contract["paths"][path][method.lower()]
                ways = [{"token": [scopes]}, {"token": []}][: 1 + owner_may]
                self.assertEqual(call["security"], ways)
                self.assertIn(f"Needs the scope `{scopes}`", call["description"])
                self.assertEqual("the caller's own" in call["description"], owner_may)
                self.assertLessEqual({"401", "403"}, call["responses"].keys())

    def test_public(self) -> None:
        """The calls about the service itself say that they ask for nothing."""
        for path in ["/", "/health"]:
            self.assertEqual(self.contract["paths"][path]["get"]["security"], [])

    def test_scheme(self) -> None:
        """What a token is stands once; every call refers to it."""
        schemes = self.contract["components"]["securitySchemes"]
        self.assertEqual((schemes["token"]["type"], schemes["token"]["scheme"]), ("http", "bearer"))
        named = {name for call in self.calls() for way in call["security"] for name in way}
        self.assertEqual(named, schemes.keys())


class StartTest(TestCase):
    """The function that serves it."""

    def test_costs_nothing(self) -> None:
        """The function that starts loads nothing that makes or shows the contract."""
        loaded = subprocess.run(
            [sys.executable, "-c", "import sys, users_api.lambda_handler; print(*sys.modules)"],
            env=os.environ | NO_DYNAMODB | TABLES,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout.split()
        packages = {name.partition(".")[0] for name in loaded}
        self.assertLessEqual({"users_api", "flask", "msgspec"}, packages)
        self.assertFalse(packages & {"local", "apispec", "flask_swagger_ui", "yaml"})
        self.assertNotIn("users_api.openapi.document", loaded)
