"""The data dictionary of the field: what may be known about whom, under which name, how sensitive, how long.

Stands below the tables, because a table's column takes its sensitivity and retention from here.
"""

from wangge.dictionary.elements import Element, Retention, Sensitivity, elements, nearest, normal_header, suggest

__all__ = ["Element", "Retention", "Sensitivity", "elements", "nearest", "normal_header", "suggest"]
