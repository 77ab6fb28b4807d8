"""The entry point on AWS Lambda: `handler(event, context)`."""

import os

from authorizer.config import Settings
from authorizer.gateway import create_authorizer

handler = create_authorizer(Settings.from_environment(os.environ))
