"""What is defined under `infra/` for AWS, to be had here, too."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent / "infra"


class _Loader(yaml.SafeLoader):
    """Reads YAML; CloudFormation's functions, which say nothing of what is needed, as None."""


_Loader.add_multi_constructor("!", lambda *_: None)


def names() -> list[str]:
    """Return the names of the definitions."""
    return sorted(file.stem for file in FOLDER.glob("*.yml"))


def read(name: str) -> dict[str, Any]:
    """Return a definition."""
    content = (FOLDER / f"{name}.yml").read_text("utf-8")
    definition: dict[str, Any] = yaml.load(content, _Loader)  # noqa: S506 - it is a safe loader
    return definition
