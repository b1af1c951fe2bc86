"""Geography: division codes, coordinates, dividing into grids, address -> dwelling -> grid."""

from wangge.geography.codes import children, current, divisions, history, lookup
from wangge.geography.coordinates import convert, distance_m
from wangge.geography.divide import divide
from wangge.geography.gazetteer import check_gazetteer, learn
from wangge.geography.locate import locate
from wangge.geography.tessellate import tessellate
from wangge.geography.zones import check_zones, find_checked, find_zones, locate_zones

__all__ = [
    "check_gazetteer",
    "check_zones",
    "children",
    "convert",
    "current",
    "distance_m",
    "divide",
    "divisions",
    "find_checked",
    "find_zones",
    "history",
    "learn",
    "locate",
    "locate_zones",
    "lookup",
    "tessellate",
]
