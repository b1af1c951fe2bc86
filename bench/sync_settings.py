"""The product's settings with the peer's addresses beside its own, and any host name."""

from wangge_server.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.sync_urls"
