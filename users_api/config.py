"""The settings of the service, read once from the environment."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from msgspec import Meta, Struct, ValidationError, convert, field

Text = Annotated[str, Meta(min_length=1)]
Origin = Annotated[str, Meta(pattern=r"^https?://[a-z0-9.:\[\]-]+$")]  # as a browser writes it


class SettingsError(Exception):
    """A setting is missing or unusable; the message names its variable."""


class Settings(Struct, frozen=True, kw_only=True):
    """Each setting, and the environment variable that gives it."""

    tables: Mapping[str, str] = MappingProxyType({})  # each in a variable such as USERS_TABLE
    region: Text = field(name="AWS_REGION", default="us-east-1")
    endpoint_url: Text | None = field(name="AWS_ENDPOINT_URL_DYNAMODB", default=None)
    access: Literal["open", "token"] = field(name="ACCESS", default="token")
    user_claim: Text = field(name="USER_CLAIM", default="sub")  # tells who a caller is
    origins: frozenset[Origin] = frozenset()  # of web pages that may call: ORIGINS, with commas
    docs_page: bool = field(name="DOCS_PAGE", default=True)
    metrics_namespace: str = field(name="METRICS_NAMESPACE", default="")  # none: no metrics
    caller_key: str = field(name="CALLER_KEY", default="")  # for hashes in the log
    offline: bool = field(name="IS_OFFLINE", default=False)  # set by `osls wsgi serve`

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ`; raise SettingsError for the first that is not right."""
        tables = {name: environ[name] for name in environ if name.endswith("_TABLE")}
        origins = environ.get("ORIGINS", "").replace(",", " ").split()
        try:
            return convert({**environ, "tables": tables, "origins": origins}, cls, strict=False)
        except ValidationError as error:
            raise SettingsError(f"The environment is not complete: {error}") from error

    def table(self, name: str) -> str:
        """Return the name of the table for `name`; raise SettingsError if there is none."""
        variable = f"{name.upper().replace('-', '_')}_TABLE"
        if not self.tables.get(variable):
            where = f"infra/{name}.yml"
            raise SettingsError(
                f"The environment is not complete: {variable} is missing, which {where} sets"
            )
        return self.tables[variable]
