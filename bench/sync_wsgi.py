"""Served by granian in benchmarks and kill loops. SYNC_PLANT names a bug to plant, so that the kill loop can be tried."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.sync_settings")
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
if os.environ.get("SYNC_PLANT"):
    from bench.sync_plants import plant

    plant(os.environ["SYNC_PLANT"])
