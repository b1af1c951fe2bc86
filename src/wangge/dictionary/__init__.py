"""The data dictionary of the field: what may be known about whom, under which name, how sensitive, how long.

Stands below the tables, because a table's column takes its sensitivity and retention from here. The matcher tells which
element a header asks; what it needs beside the dictionary is loaded with the first header that asks.
"""

from wangge.dictionary.elements import (
    TYPES,
    Element,
    Retention,
    Sensitivity,
    Subject,
    code_list,
    elements,
    nearest,
    normal_header,
    subjects,
    suggest,
)

__all__ = [
    "TYPES",
    "Element",
    "Retention",
    "Sensitivity",
    "Subject",
    "code_list",
    "elements",
    "nearest",
    "normal_header",
    "subjects",
    "suggest",
]
