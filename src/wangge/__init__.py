"""wangge (网格): from departments' untidy files to verified doors. This is the ground floor: it thinks.

It knows no web framework, no network and no clock of its own: tables in, tables out. Start reading at `way.py`.
"""

__version__ = "0.1.0"
