"""The page `/docs` in a real browser: what a client developer sees in the first minute."""

import json
import re
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import product
from pathlib import Path
from typing import Any, Literal
from unittest import TestCase
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.support.issuing import ALL, issuing
from tests.support.servers import gateway_server, wsgi_server
from tests.support.service import Service, fresh_settings
from users_api.app import RESOURCES

SCREENSHOTS = Path(__file__).parent.parent.parent / ".local" / "browser"
PATIENCE = 30_000  # milliseconds
CALLS = 2 + sum(len(each.calls) + len(each.own_calls) for each in RESOURCES)
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
QUIET = [  # for root, and without the browser's own requests
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class DocsPageTest(TestCase):
    """The page, as Chromium shows it."""

    page: Page

    def setUp(self) -> None:
        playwright = self.enterContext(sync_playwright())
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        self.addCleanup(chromium.close)
        self.page = chromium.new_page(viewport={"width": 1200, "height": 2000})
        self.complaints: list[str] = []
        self.hosts: set[str | None] = set()
        self.page.on("console", self.note_message)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))

    def note_message(self, message: Any) -> None:
        """Note what the page writes to the console, if it is a complaint."""
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def call(self, name: str) -> Locator:
        """Unfold a call, ready to be filled in."""
        call = self.page.locator(f"#operations-users-{name}")
        call.locator(".opblock-summary-control").click()
        return call

    def executed(self, call: Locator) -> tuple[str, str]:
        """Execute a call; return the status and the body that the page shows."""
        call.get_by_role("button", name="Execute").click()
        answer = call.locator(".live-responses-table .response")
        status = answer.locator(".response-col_status").inner_text()
        return status.strip(), answer.locator(".highlight-code code").first.inner_text()

    def authorize(self, token: str) -> None:
        """Give the page a token, which it sends with every call from then on."""
        self.page.locator(".auth-wrapper .authorize").click()
        dialog = self.page.locator(".modal-ux")
        dialog.get_by_role("textbox").fill(token)
        dialog.get_by_role("button", name="Apply credentials").click()
        self.page.screenshot(path=SCREENSHOTS / "docs-authorize.png")
        dialog.get_by_role("button", name="Close").click()

    def try_out(self, serve: Callable[[Flask], AbstractContextManager[str]], picture: str) -> None:
        """Open the page of a service, create a user, and read it again."""
        with serve(Service().app) as url:
            self.open(url)
            created = self.executed(self.call("createUser"))
            self.page.screenshot(path=SCREENSHOTS / picture)
            read = self.call("getUser")
            user_id = json.loads(created[1])["userId"]
            read.get_by_placeholder("userId").fill(user_id)
            answers = [created, self.executed(read)]
        for status, (shown, body) in zip(["201", "200"], answers, strict=True):
            self.assertEqual(shown, status)
            self.assertEqual(json.loads(body), {"userId": user_id, "name": "John"})
        self.assertEqual(self.complaints, [])
        self.assertLessEqual(self.hosts, {"127.0.0.1", None})  # a data: URL has no host

    def open(self, url: str) -> None:
        """Open the page."""
        self.page.goto(f"{url}/docs")
        expect(self.page).to_have_title("Users API")
        expect(self.page.locator(".opblock")).to_have_count(CALLS, timeout=PATIENCE)

    def test_token(self) -> None:
        """Where a token is asked for, the page takes one, and makes its calls with it."""
        service = Service(fresh_settings(ACCESS="token"))
        with issuing() as ours, wsgi_server(ours.gateway(service.app)) as url:
            for token, call, status in [
                ("", "createUser", "401"),
                (ours.token("ada"), "createUser", "201"),  # her own
                (ours.token("ada"), "listUsers", "403"),
                (ours.token("x", ALL), "listUsers", "200"),
            ]:
                with self.subTest(call=call, status=status):
                    self.open(url)
                    if token:
                        self.authorize(token)
                    self.assertEqual(self.executed(self.call(call))[0], status)
        for complaint in self.complaints:  # the browser's own, about the two refusals
            self.assertIn("Failed to load resource", complaint)
        self.assertEqual(len(self.complaints), 2)
        self.assertLessEqual(self.hosts, {"127.0.0.1", None})

    def test_wsgi(self) -> None:
        """Under a WSGI server, a user is created and read from the page."""
        self.try_out(wsgi_server, "docs-wsgi.png")

    def test_index(self) -> None:
        """The address of the service shows a page that leads to the documentation."""
        for serve in (wsgi_server, gateway_server):
            with self.subTest(serve.__name__), serve(Service().app) as url:
                self.page.goto(f"{url}/")
                self.page.get_by_role("link", name="documentation").click()
                expect(self.page.locator(".opblock")).to_have_count(CALLS, timeout=PATIENCE)
                self.page.wait_for_load_state("networkidle")
        self.assertEqual(self.complaints, [])

    def test_again(self) -> None:
        """The example can be sent as it is, time and again, and the answer comes into view."""
        with wsgi_server(Service().app) as url:
            self.page.set_viewport_size({"width": 1200, "height": 700})
            self.open(url)
            call = self.call("createUser")
            for _ in range(2):
                self.assertEqual(self.executed(call)[0], "201")
                expect(call.locator(".live-responses-table")).to_be_in_viewport()

    def assert_legible(self, words: Locator) -> None:
        """Assert that words on a background of their own stand out from it."""
        for each in words.all():
            style = "each => [getComputedStyle(each).color, getComputedStyle(each).backgroundColor]"
            dark, bright = sorted(map(luminance, each.evaluate(style)))
            contrast = (bright + 0.05) / (dark + 0.05)
            self.assertGreaterEqual(contrast, LEAST_CONTRAST, each.inner_text())

    def test_looks(self) -> None:
        """Both pages suit the light and the dark, a desktop and a phone, with a call unfolded."""
        with wsgi_server(Service().app) as url:
            for scheme, size in product(SCHEMES, ((1200, 900), (390, 844))):
                self.page.emulate_media(color_scheme=scheme)
                self.page.set_viewport_size({"width": size[0], "height": size[1]})
                for name in ("", "docs"):
                    with self.subTest(scheme=scheme, size=size, name=name):
                        self.page.goto(f"{url}/{name}")
                        self.page.wait_for_load_state("networkidle")
                        if name:
                            self.assert_legible(self.page.locator(".opblock-summary-method"))
                            responses = self.call("createUser").locator(".responses-wrapper")
                            responses.scroll_into_view_if_needed()
                        picture = f"{name or 'index'}-{scheme}-{size[0]}.png"
                        self.page.screenshot(path=SCREENSHOTS / picture)
                        wide = "document.documentElement.scrollWidth"
                        self.assertLessEqual(self.page.evaluate(wide), size[0])

    def test_stage(self) -> None:
        """Behind an API Gateway the page finds everything under the stage."""
        self.try_out(gateway_server, "docs-stage.png")


def luminance(color: str) -> float:
    """Return the relative luminance of a color such as `rgb(1, 2, 3)`, as WCAG 2.2 defines it."""
    shares = [int(each) / 255 for each in re.findall(r"\d+", color)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
