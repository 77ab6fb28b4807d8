"""An issuer of tokens for tests, and the authorizer that trusts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import jwt
from flask import Flask

from authorizer.config import Settings
from authorizer.gateway import create_authorizer
from local import issuer
from local.gateway import Gateway
from users_api.app import RESOURCES

ALL = " ".join(f"{each.name}:read {each.name}:write" for each in RESOURCES)


class Issuing:
    """A running issuer; what it issues is good for an hour."""

    def __init__(self, file: Path) -> None:
        self.issuer = issuer.kept(file)
        self.authorize = create_authorizer(Settings(self.issuer.url, frozenset({issuer.AUDIENCE})))

    def token(self, subject: str, scope: str = "", **changes: object) -> str:
        """Return a token, with other claims than a good one has."""
        good = self.issuer.token(subject, scope, 3600)
        if not changes:
            return good
        claims = jwt.decode(good, options={"verify_signature": False}) | changes
        headers = jwt.get_unverified_header(good)
        return jwt.encode(claims, jwt.PyJWK(dict(self.issuer.key)), "ES256", headers)

    def gateway(self, app: Flask) -> Gateway:
        """Return a service behind the gateway of `make run`."""
        return Gateway(app, self.authorize)


@contextmanager
def issuing() -> Iterator[Issuing]:
    """Run an issuer of its own."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "issuer.json"
        with issuer.running(file):
            yield Issuing(file)
