"""The same settings in a data folder of their own, which goes with the run: tests never touch the var/ of a demo.

A module of the package, because pytest-django reads the settings before any file of tests/ is imported.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_folder = tempfile.TemporaryDirectory(prefix="wangge-test-", ignore_cleanup_errors=True)
os.environ["WANGGE_DATA"] = _folder.name
if "DATABASE_URL" in os.environ:
    del os.environ["DATABASE_URL"]
# The same ids in every run, so that a failing test fails again.
(key := Path(_folder.name) / "identity_key").write_text("of tests only, and of made-up people")
key.chmod(0o600)

from wangge_server.config.settings import *  # noqa: E402, F403
