"""Served by granian in benchmarks and kill loops."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.sync_settings")
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
