"""Made-up users: as many as are asked for, always the same ones."""

import json
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

FIRST = ("Ada", "Zo\u00eb", "Jos\u00e9", "\u5f20\u4f1f", "Olga", "Ng\u1ecdc", "Fatma", "John")
LAST = (
    "Lovelace",
    "O'Neill",
    "Garc\u00eda",
    "\u7530\u4e2d",
    "\U0001f469\u200d\U0001f680",
)


def people(number: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield users, two in three of them with an e-mail address."""
    random = Random(seed)
    for each in range(number):
        user = {
            "userId": f"p{seed}-{each}",
            "name": f"{random.choice(FIRST)} {random.choice(LAST)}",
        }
        if random.random() < 2 / 3:
            user["email"] = f"{random.choice('aBc')}.{seed}.{each}@example.com"
        yield user


def lines(number: int, seed: int = 0) -> str:
    """Return users as JSON Lines."""
    return "".join(f"{json.dumps(each)}\n" for each in people(number, seed))


if __name__ == "__main__":  # python -m tests.tools.people 10000 > people.jsonl
    sys.stdout.write(lines(int(sys.argv[1])))
