"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data sets beside the checkout; they may not be committed, so tests skip where they are absent."""
    folder = Path(os.environ.get("WANGGE_SHARED", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("real data sets are not beside this checkout (set WANGGE_SHARED to their folder)")
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lists of a made-up district of 3,000 people, as five departments would send them."""
    from wangge import synth

    folder = tmp_path_factory.mktemp("tiny")
    synth.make("tiny", 1, folder)
    return folder
