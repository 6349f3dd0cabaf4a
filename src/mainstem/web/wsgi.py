"""The web application, for any WSGI server. ``mainstem serve`` is the usual way to run it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")
application = get_wsgi_application()
