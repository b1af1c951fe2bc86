"""Our normalised columns for the peer: it starts where we do, and what normalising costs is counted for both."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangge.identity.keys import keys_of


def main() -> int:
    """`python -m bench.linking.columns FOLDER`; the last line is JSON. -> 0"""
    folder = Path(sys.argv[1])
    keys_of(pa.Table.from_batches([next(pq.ParquetFile(folder / "good.parquet").iter_batches(500))]))  # compiled apart
    good = pq.read_table(folder / "good.parquet").combine_chunks()
    started, cpu = time.perf_counter(), time.process_time()
    table = normalised(good)
    taken = {"seconds": round(time.perf_counter() - started, 3), "cpu_seconds": round(time.process_time() - cpu, 3)}
    pq.write_table(table, folder / "columns.parquet")
    pq.write_table(good.select(["list", "row"]), folder / "places.parquet")
    print(json.dumps(taken))
    return 0


def normalised(good: pa.Table) -> pa.Table:
    """i, number (17 digits), valid_number, name, alike (class of homophones), phone, door, birth (ISO)."""
    keys = keys_of(good)

    def there(values: np.ndarray) -> pa.Array:
        return pa.array(values, mask=np.asarray(values) < 0)

    number = pc.utf8_lpad(there(keys.body).cast(pa.string()), 17, "0")
    return pa.table({
        "i": np.arange(good.num_rows), "number": number, "valid_number": pc.if_else(pa.array(keys.valid), number, None),
        "name": pc.replace_substring_regex(good["name"], r"[\s·•．・.‧]", ""), "alike": there(keys.parts["name"]),
        "phone": there(keys.parts["phone"]).cast(pa.string()), "door": there(keys.parts["door"]),
        "birth": good["birth_date"].cast(pa.string()),
    })  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
