"""`make openapi`: the contract in a file, to make clients or documents from.

It is that of a service that asks for a token, as it does on every stage that keeps its data.
"""

import json
import sys
from pathlib import Path

from users_api.app import RESOURCES
from users_api.openapi.document import contract

FILE = Path(__file__).parent.parent / ".local" / "openapi.json"


def write() -> Path:
    """Write the contract; return where it is."""
    FILE.parent.mkdir(exist_ok=True)
    document = contract(RESOURCES, token=True)
    FILE.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return FILE


if __name__ == "__main__":
    sys.stdout.write(f"The contract is in {write().relative_to(Path.cwd())}\n")
