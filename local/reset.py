"""`make reset`: forgets the data of `make run`, unless it is in use."""

import sys

from local.data import forget
from local.programs import EngineError
from local.stack import DATA

if __name__ == "__main__":
    try:
        forget(DATA)
        sys.stdout.write("The local data is gone.\n")
    except EngineError as error:
        sys.exit(str(error))
