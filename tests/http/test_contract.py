"""The contract as it is served, and the page on which to try it."""

import re
from typing import Any

from tests.support.resources import ResourceTest
from tests.support.service import Service, ServiceTest, fresh_settings
from users_api.app import RESOURCES
from users_api.openapi.document import contract
from users_api.openapi.views import PAGE_TYPES


class ContractCallsTest(ServiceTest):
    """`GET /openapi.json` and `GET /docs`."""

    mount: str
    contract: dict[str, Any]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        links = cls.service.call("GET", "/").json["links"]
        cls.mount = links["openapi"].removesuffix("/openapi.json")
        cls.contract = contract(RESOURCES)

    def test_contract(self) -> None:
        """The contract is served as it is, with the address of the service itself."""
        answer = self.call("GET", "/openapi.json")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(answer.json, self.contract | {"servers": [{"url": self.mount or "/"}]})

    def test_page(self) -> None:
        """The page comes with and without a slash, and may load what is served here only."""
        for path in ["/docs", "/docs/"]:
            with self.subTest(path):
                answer = self.call("GET", path)
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
                policy = dict(
                    part.split(maxsplit=1)
                    for part in answer.headers["Content-Security-Policy"].split(";")
                )
                self.assertEqual(policy["default-src"], "'none'")
                self.assertEqual(policy["script-src"], "'self'")
                self.assertEqual(policy["connect-src"], "'self'")

    def test_addresses(self) -> None:
        """Whatever the page loads is there, under the prefix of the stage if there is one."""
        page = self.call("GET", "/docs").body.decode()
        addresses = re.findall(r'(?:src|href|data-contract)="(/[^"]*)"', page)
        self.assertEqual(len(addresses), len(PAGE_TYPES) + 1)
        for address in addresses:
            with self.subTest(address):
                self.assertTrue(address.startswith(f"{self.mount}/"))
                answer = self.call("GET", address.removeprefix(self.mount))
                self.assertEqual(answer.status, 200)

    def test_files(self) -> None:
        """The files of the page say what they are, and for how long they can be kept."""
        for name, media_type in PAGE_TYPES.items():
            with self.subTest(name):
                answer = self.call("GET", f"/docs/{name}")
                self.assertEqual(answer.headers["Content-Type"], f"{media_type}; charset=utf-8")
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer.headers["Cache-Control"], "public, max-age=3600")
                self.assertTrue(answer.body)

    def test_no_such_file(self) -> None:
        """Nothing but the files of the page can be had."""
        for name in ["index.html", "openapi.json", "views.py", "..%2Fviews.py", "page.js/"]:
            with self.subTest(name):
                self.assert_refused(self.call("GET", f"/docs/{name}"), 404)

    def test_switched_off(self) -> None:
        """The page can be switched off; the contract is served all the same."""
        service = Service(fresh_settings(DOCS_PAGE="false"))
        for path in ["/docs", "/docs/", "/docs/page.js"]:
            with self.subTest(path):
                self.assert_refused(service.call("GET", path), 404)
        self.assertNotIn("docs", service.call("GET", "/").json["links"])
        self.assertEqual(service.call("GET", "/openapi.json").status, 200)


class ExamplesTest(ResourceTest):
    """The examples of the contract are true."""

    def schema(self, name: str) -> dict[str, Any]:
        """Return a schema of the resource: `{}` stands for the name of a record's type."""
        schemas: dict[str, dict[str, Any]] = contract(RESOURCES)["components"]["schemas"]
        return schemas[name.format(self.kind.resource.model.__name__)]

    def sent(self, example: dict[str, Any]) -> dict[str, Any]:
        """Return an example that can be sent, and sent again."""
        return self.kind.special(example, self.service)

    def test_of_new_records(self) -> None:
        """Every example of a record to create can be sent, and is what comes back."""
        examples = self.schema("New{}")["examples"]
        self.assertTrue(examples)
        for example in map(self.sent, examples):
            with self.subTest(example=example):
                answer = self.call("POST", self.path, example)
                self.assertEqual(answer.status, 201)
                self.assertEqual(answer.json, answer.json | example)

    def test_of_patches(self) -> None:
        """Every example of a patch can be sent, as each of the media types."""
        created = self.create()
        one = f"{self.path}/{created.json[self.kind.key]}"
        for media_type in ["application/json", "application/merge-patch+json"]:
            for example in map(self.sent, self.schema("{}Patch")["examples"]):
                with self.subTest(media_type, example=example):
                    answer = self.call("PATCH", one, example, Content_Type=media_type)
                    self.assertEqual(answer.status, 200)
                    given = {name: value for name, value in example.items() if value is not None}
                    self.assertEqual(answer.json, answer.json | given)

    def test_of_answers(self) -> None:
        """A record has the fields that the contract names, and those that it promises."""
        varied = self.changed(1) if "be varied" in self.kind.can else {}
        for created in [self.create(), self.create(None, **varied)]:
            promised = self.schema("{}")
            self.assertLessEqual({*promised["required"]}, created.json.keys())
            self.assertLessEqual(created.json.keys(), promised["properties"].keys())
