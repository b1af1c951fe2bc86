"""Geography: division codes, coordinates, dividing into grids, address -> dwelling -> grid."""

from wangge.geography.divide import divide
from wangge.geography.tessellate import tessellate

__all__ = ["divide", "tessellate"]
