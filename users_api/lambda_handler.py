"""The entry point on AWS Lambda: `handler(event, context)`.

What takes long is done here, before the first request: Lambda gives this phase a whole CPU.
"""

import gc
import os

gc.disable()  # what is imported stays, and need not be looked at again and again

from users_api.config import Settings  # noqa: E402
from users_api.store.connection import Connection  # noqa: E402

LONGEST_OPENING = 1.0  # seconds

settings = Settings.from_environment(os.environ)
connection = Connection(settings)
opening = connection.opening()  # while the rest is imported

from users_api.app import create_app  # noqa: E402
from users_api.events import Handler  # noqa: E402

handler = Handler(create_app(settings, connection=connection))
if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
    from snapshot_restore_py import register_after_restore

    register_after_restore(connection.renew)
opening.join(LONGEST_OPENING)
gc.freeze()
gc.enable()
