"""OpenID providers on this machine, and the tokens that they give."""

import json
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from socket import create_connection, create_server
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    Request,
    build_opener,
)

import boto3

HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent / ".local" / "access"
SECONDS_TO_START = 60
SECONDS_TO_END = 10
CLIENT = "users-page"
REDIRECT = "http://127.0.0.1/done"


@contextmanager
def running_oidc_provider() -> Iterator[str]:
    """Run npm's oidc-provider; yield the URL of the issuer."""
    port = _free_port()
    with _running(port, "node", str(HERE / "provider.mjs"), str(port), str(INSTALLED)):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running_cognito() -> Iterator[str]:
    """Run moto, which has an Amazon Cognito; yield its URL."""
    port = _free_port()
    with _running(port, sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)):
        yield f"http://127.0.0.1:{port}"


def client_token(issuer: str, algorithm: str, scope: str) -> str:
    """Return an access token of oidc-provider for a program."""
    form = {
        "grant_type": "client_credentials",
        "resource": f"urn:users-api:{algorithm}",
        "scope": scope,
    }
    access: str = _tokens(build_opener(), issuer, form)["access_token"]
    return access


def user_tokens(issuer: str, user: str, scope: str) -> dict[str, str]:
    """Return what oidc-provider gives a user who logs in: an access token and an ID token."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()), _StopAtTheEnd())
    question = {
        "client_id": CLIENT,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "resource": "urn:users-api:ES256",
        "scope": f"openid {scope}",
        "nonce": "n",
    }
    with browser.open(f"{issuer}/auth?{urlencode(question)}") as page:
        login = page.url
    consent = _posted(browser, login, {"prompt": "login", "login": user, "password": "any"})
    end = _posted(browser, consent, {"prompt": "consent"})
    code = parse_qs(urlsplit(end).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    return _tokens(browser, issuer, form)


def cognito_tokens(aws: str) -> tuple[str, str, dict[str, str]]:
    """Return the issuer and the client of a user pool, and the tokens of a user in it."""
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=aws,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    pool = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName="page")
    client = made["UserPoolClient"]["ClientId"]
    user = {"UserPoolId": pool, "Username": "ada"}
    cognito.admin_create_user(**user)
    cognito.admin_set_user_password(**user, Password="Passw0rd!", Permanent=True)
    logged_in = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada", "PASSWORD": "Passw0rd!"},
    )
    cognito.close()
    issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{pool}"
    return issuer, client, logged_in["AuthenticationResult"]


def cognito_jwks(aws: str, issuer: str) -> list[object]:
    """Return the keys of a user pool, where its configuration says that they are."""
    pool = urlsplit(issuer).path
    configuration = _json(build_opener(), f"{aws}{pool}/.well-known/openid-configuration")
    keys: list[object] = _json(build_opener(), aws + urlsplit(configuration["jwks_uri"]).path)[
        "keys"
    ]
    return keys


class _StopAtTheEnd(HTTPRedirectHandler):
    """Follows redirects, but not back to the client."""

    def redirect_request(self, *arguments: Any) -> Request | None:
        """Return the next request; None ends in an HTTPError."""
        newurl: str = arguments[-1]
        return None if newurl.startswith(REDIRECT) else super().redirect_request(*arguments)


def _posted(browser: OpenerDirector, url: str, form: dict[str, str]) -> str:
    """Send a form; return where that leads."""
    try:
        with browser.open(url, urlencode(form).encode()) as page:
            return str(page.url)
    except HTTPError as end:
        with end:
            return str(end.headers["Location"])


def _tokens(browser: OpenerDirector, issuer: str, form: dict[str, str]) -> dict[str, str]:
    secret = b64encode(f"{CLIENT}:secret".encode()).decode()
    headers = {"Authorization": f"Basic {secret}"}
    request = Request(f"{issuer}/token", urlencode(form).encode(), headers)
    tokens: dict[str, str] = _json(browser, request)
    return tokens


def _json(browser: OpenerDirector, request: str | Request) -> Any:
    with browser.open(request) as answer:
        return json.load(answer)


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _running(port: int, *command: str) -> Iterator[None]:
    """Run a server until it is no longer needed."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not _listens(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"It did not start: {command}")
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(SECONDS_TO_END)


def _listens(port: int) -> bool:
    try:
        with create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False
