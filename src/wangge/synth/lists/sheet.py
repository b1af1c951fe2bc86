"""What one list is: where it is written, in which shape, and who really stands behind each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wangge.synth.data import Ints
from wangge.synth.text import Text

PERSON, STRANGER, TOTALS = 0, 1, 2
KINDS = ["person", "stranger", "totals"]


@dataclass(frozen=True)
class Sheet:
    """Columns by header as text, nulls are empty cells. `titles` stand above the header."""

    name: str
    file: str
    columns: dict[str, Text]
    who: Ints  # person (or stranger) of each row, -1 for nobody
    kind: Ints  # PERSON, STRANGER or TOTALS
    encoding: str = "utf-8"
    newline: str = "\n"
    quoted: bool = False  # every value in quotation marks
    titles: tuple[str, ...] = ()
    sheet: str = "Sheet1"
    totals: tuple[str, ...] = ()  # cells of a last row that is nobody

    @property
    def n_rows(self) -> int:
        """Data rows, the totals row included."""
        return self.who.size + (1 if self.totals else 0)

    def links(self, person_id: Text) -> pa.Table:
        """list, row, person_id, kind: the truth behind each row."""
        n = self.n_rows
        kind = np.r_[self.kind, [TOTALS]] if self.totals else self.kind
        ids = pa.concat_arrays([person_id, pa.nulls(1, pa.string())]) if self.totals else person_id
        return pa.table(
            {
                "list": pa.repeat(self.name, n),
                "row": pa.array(np.arange(1, n + 1, dtype=np.int32)),
                "person_id": ids,
                "kind": pa.array(KINDS).take(pa.array(kind)),
            }
        )
