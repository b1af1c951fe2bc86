"""Made-up districts with their truth: people, homes, movements, an outbreak, and the untidy lists of departments.

Nothing here comes from a real person. `make(preset, seed, out)` writes a folder that the way can be run on.
"""

from wangge.synth.district import make
from wangge.synth.presets import presets

__all__ = ["make", "presets"]
