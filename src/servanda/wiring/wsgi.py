"""The web application, for any WSGI server."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servanda.wiring.settings")
if settings.SECRET_KEY == settings.NO_SECRET:
    raise ImproperlyConfigured(
        "There is no secret key for sessions. Start with `servanda up`, which makes one, or set SERVANDA_SECRET_KEY."
    )
application = get_wsgi_application()
