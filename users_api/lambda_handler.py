"""The entry point on AWS Lambda: `handler(event, context)`."""

from users_api.events import Gateway
from users_api.wsgi import app

handler = Gateway(app)
