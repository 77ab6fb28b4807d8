"""The application for any WSGI server."""

import os

from users_api.app import create_app
from users_api.config import Settings

app = create_app(Settings.from_environment(os.environ))
