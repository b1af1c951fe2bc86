"""A shelf is a package whose modules are its members: put a file there and it is in.

A member that lacks a required part is refused at import, so a half-written rule can never run.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


class ShelfError(ImportError):
    """A member of a shelf lacks a part the shelf requires."""


def members(package: ModuleType, required: tuple[str, ...]) -> dict[str, ModuleType]:
    """Import every module of `package` that has no leading underscore. -> {name: module}, sorted by name.

    Raises ShelfError naming the member and the part when a docstring or a required name is missing.
    """
    found: dict[str, ModuleType] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        lacking = [part for part in required if not hasattr(module, part)]
        if not (module.__doc__ or "").strip():
            lacking.insert(0, "docstring")
        if lacking:
            raise ShelfError(f"{module.__name__} lacks {', '.join(lacking)}")
        found[info.name] = module
    return found
