"""What a page of another origin can do to what `make run` runs, in a real browser: nothing."""

import shutil
import tempfile
from pathlib import Path
from unittest import TestCase

from playwright.sync_api import Page, sync_playwright
from werkzeug import Request, Response
from werkzeug.utils import redirect

from local.engine import PORTS_CLOSED_TO_PAGES, answers, running_engine
from local.tables import create_missing
from tests.browser.test_docs import QUIET
from tests.run.newcomer import MakeRun, copy_of_the_project, until
from tests.support.servers import wsgi_server
from tests.unit.test_local import exists

FOREIGN = "page.example"  # a name that its owner has resolve to this machine
OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
WAYS = {  # in which pages.js sends requests
    *("fetch", "no-cors", "preflight", "redirect", "xhr", "image", "script", "frame"),
    *("websocket", "events", "form", "beacon"),
}
SEND_IN_EVERY_WAY = Path(__file__).with_name("pages.js").read_text("utf-8")
READ = "url => fetch(url).then(answer => answer.text(), String)"
WRITE = """
([url, mode, type]) => fetch(url, {
  method: "post", mode, headers: { "Content-Type": type }, body: '{"name":"x","userId":"x"}',
}).then(answer => answer.type, String)
"""
CALL_DYNAMODB = """
([url, operation, document]) => fetch(url, {
  method: "post",
  headers: {
    "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, "
      + "SignedHeaders=host, Signature=a",
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20260101T000000Z",
    "X-Amz-Target": `DynamoDB_20120810.${operation}`,
  },
  body: JSON.stringify(document),
}).then(answer => answer.text(), String)
"""
REFUSED = "TypeError: Failed to fetch"


@Request.application
def foreign_site(request: Request) -> Response:
    """Answer with an empty page, or lead to where the query says."""
    if target := request.args.get("to"):
        answer = redirect(target)
        answer.headers.update(OPEN)
        return answer
    return Response("<!doctype html><body></body>", content_type="text/html")


class Recorder:
    """A server that every page may read, and the paths that it was asked for."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.app = Request.application(self._answer)

    def _answer(self, request: Request) -> Response:
        self.paths.add(request.path.removeprefix("/"))
        return Response("read", headers=OPEN)


class PagesTest(TestCase):
    """A page of a site that has nothing to do with us."""

    page: Page

    def setUp(self) -> None:
        self.site = self.enterContext(wsgi_server(foreign_site))
        playwright = self.enterContext(sync_playwright())
        resolved = f"--host-resolver-rules=MAP {FOREIGN} 127.0.0.1"
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*QUIET, resolved]
        )
        self.addCleanup(chromium.close)
        self.page = chromium.new_page()
        self.page.goto(self.site)

    def run_project(self) -> MakeRun:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        project = copy_of_the_project(folder, ".venv", "node_modules")
        run = MakeRun(project, self.enterContext(tempfile.TemporaryFile()))
        self.addCleanup(run.clean_up)
        run.until_up()
        return run

    def test_every_way(self) -> None:
        """In no way does a page send anything to such a port, while all reach another port."""
        closed = next(port for port in PORTS_CLOSED_TO_PAGES if not answers("127.0.0.1", port))
        self.assert_reached(closed, set())
        self.assert_reached(0, WAYS)

    def assert_reached(self, port: int, ways: set[str]) -> None:
        """Assert in which ways a page sends something to a port, a free one if it is 0."""
        recorder = Recorder()
        self.page.goto(self.site)
        with wsgi_server(recorder.app, port) as url:
            self.page.evaluate(SEND_IN_EVERY_WAY, {"url": url, "redirect": self.site})
            until(lambda: recorder.paths >= ways, otherwise="not all have come")
        self.assertEqual(recorder.paths, ways)

    def test_every_port(self) -> None:
        """The browser closes every port that the engine may get, whatever the name before it."""
        for port in PORTS_CLOSED_TO_PAGES:
            for host in ("127.0.0.1", "localhost", FOREIGN):
                with self.subTest(port=port, host=host):
                    with self.page.expect_event("requestfailed") as failed:
                        self.page.evaluate(READ, f"http://{host}:{port}/")
                    self.assertEqual(failed.value.failure, "net::ERR_UNSAFE_PORT")

    def test_database(self) -> None:
        """A page neither reads nor changes the engine's tables; at another port it does both."""
        for ports, table_is_left in ((PORTS_CLOSED_TO_PAGES, True), ((), False)):
            with self.subTest(ports), running_engine(ports=ports) as url:
                create_missing(url, "test")
                name = "users-table-test"
                said = self.page.evaluate(CALL_DYNAMODB, [url, "ListTables", {}])
                self.assertEqual(name in said, not table_is_left, said)
                self.assertEqual(said == REFUSED, table_is_left, said)
                self.page.evaluate(CALL_DYNAMODB, [url, "DeleteTable", {"TableName": name}])
                self.assertEqual(exists(url, name), table_is_left)

    def test_api(self) -> None:
        """A page neither reads nor changes the users, as itself or under a name of this machine."""
        run = self.run_project()
        url = f"http://127.0.0.1:{run.port}/users"
        self.assertEqual(self.page.evaluate(READ, url), REFUSED)
        self.assertEqual(self.page.evaluate(WRITE, [url, "cors", "application/json"]), REFUSED)
        self.assertEqual(self.page.evaluate(WRITE, [url, "no-cors", "text/plain"]), "opaque")
        answer = self.page.goto(f"http://{FOREIGN}:{run.port}/users")
        self.assertEqual(answer and answer.status, 421)
        self.assertEqual(run.call("GET", "/users"), (200, b'{"users":[]}'))

    def test_engine_of_make_run(self) -> None:
        """The engine of `make run` has such a port."""
        _, engine, _ = self.run_project().family()
        self.assertIn(int(engine.command.partition("--port ")[2]), PORTS_CLOSED_TO_PAGES)
