"""What a batch would do, row by row: somebody new, something new about somebody known, nothing new, or a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from wangge.base.errors import WanggeError, Where
from wangge.frame import query
from wangge_server.accounts.actions import system_user
from wangge_server.base.system import AS_SYSTEM
from wangge_server.intake.actions import MOST_TRIES, begin_reading, refuse_batch, store_dry_run, store_preview
from wangge_server.intake.looking import look_at
from wangge_server.intake.queries import lake_of_list
from wangge_server.intake.reading import NOTHING_IN_IT, Reading, read_and_check
from wangge_server.registry.named import people_named

if TYPE_CHECKING:
    from wangge_server.intake.models import Batch

# What the register itself holds of a person; everything else in a good row is a fact of its own kind.
FACTS = {
    "name": "person.name",
    "id_number": "person.id_number",
    "birth_date": "person.birth_date",
    "sex": "person.sex",
    "phone": "person.phone",
    "address": "person.address",
    "relation_to_head": "person.relation_to_head",
    "residence_kind": "person.residence_kind",
    "household_kind": "household.kind",
}
EVENTS = ("account", "trip_vehicle", "trip_on", "trip_carriage", "trip_seat", "case_kind", "case_onset_on",
          "case_sampled_on", "case_isolated_on")  # fmt: skip
NAMES = ("list", "batch", "row")
PRINTS = pa.schema([("row", pa.int32()), ("there", pa.uint64()), ("back", pa.uint64())])
ROWS = pa.schema(
    [
        ("row", pa.int32()),
        ("line", pa.int32()),
        ("sheet", pa.string()),
        ("outcome", pa.string()),  # new, update, skip, error
        ("kind", pa.string()),  # of an error or a skipped row: person (went on without a value) or refused; else empty
        ("reason", pa.string()),  # number of the error, or several, changed, added, seen, known, twice
        ("elements", pa.string()),  # elements the reason is about, with commas between
        ("name", pa.string()),  # as written, where the row waits for somebody
        ("value", pa.string()),  # the value at fault, as written
    ]
)


def look(batch: Batch) -> Batch:
    """Find sheet, header and columns of a file that was just received. -> the batch: previewed, mapped or refused"""
    by = system_user()
    begin_reading(batch=batch, by=by, purpose=AS_SYSTEM)
    try:
        _not_again(batch)
        return store_preview(batch=batch, seen=look_at(batch), by=by, purpose=AS_SYSTEM)
    except WanggeError as error:
        return refuse_batch(batch=batch, error=error, by=by, purpose=AS_SYSTEM)


def try_out(batch: Batch) -> Batch:
    """Say what a file would do, and do none of it. -> the batch: checked or refused"""
    by = system_user()
    begin_reading(batch=batch, by=by, purpose=AS_SYSTEM)
    try:
        _not_again(batch)
        reading = read_and_check(batch)
        earlier = pa.concat_tables([PRINTS.empty_table(), *(fingerprints(t) for t in lake_of_list(batch))])
        rows = outcomes(reading, people_named(reading.good), earlier)
        found = counts(rows)
        return store_dry_run(batch=batch, reading=reading, rows=rows, counts=found, by=by, purpose=AS_SYSTEM)
    except WanggeError as error:
        return refuse_batch(batch=batch, error=error, by=by, purpose=AS_SYSTEM)


def _not_again(batch: Batch) -> None:
    if batch.n_tries > MOST_TRIES:
        raise WanggeError("E1014", Where(file=batch.file_name), tries=MOST_TRIES)


def fingerprints(good: pa.Table) -> pa.Table:
    """128 bits of what each good row says, whichever file it came in. -> PRINTS"""
    says = [f'"{name}"' for name in good.column_names if name not in NAMES]
    there, back = ", ".join(says), ", ".join(reversed(says))
    return query(f"SELECT row, hash({there}) AS there, hash({back}, 1) AS back FROM good", good=good)


def outcomes(reading: Reading, known: pa.Table, earlier: pa.Table) -> pa.Table:
    """One row for every row of the file. -> ROWS

    `known` comes from registry.named, `earlier` holds the fingerprints of the same list's rows that were read before.
    """
    lines = reading.raw.select(["row", "line", "sheet"])
    taken = query(
        _TAKEN.format(changed=_changed(), events=_any(EVENTS), differs=_differs()),
        good=reading.good,
        lines=lines,
        known=known,
        prints=fingerprints(reading.good),
        earlier=earlier,
        faulty=reading.faults.select(["row"]),
    )
    asked = _errors(reading)
    table = query("SELECT * FROM taken UNION ALL BY NAME SELECT * FROM asked ORDER BY row", taken=taken, asked=asked)
    return table.select(ROWS.names).cast(ROWS)


def counts(rows: pa.Table) -> dict[str, int]:
    """-> {new, update, skip, error, person, refused}; the first four add up to the rows of the file"""
    found = query("SELECT outcome, kind, count(*) AS n FROM rows GROUP BY ALL", rows=rows).to_pylist()
    total = {name: sum(r["n"] for r in found if r["outcome"] == name) for name in ("new", "update", "skip", "error")}
    return total | {kind: sum(r["n"] for r in found if r["kind"] == kind) for kind in ("person", "refused")}


_TAKEN = """
WITH said AS (
  SELECT g.*, l.line, l.sheet, k.person_id, k.n_people,
         concat_ws(',', {changed}) AS changed, ({events}) AS is_event,
         coalesce(g.id_number, g.name || '|' || coalesce(strftime(g.birth_date, '%Y%m%d'), g.phone)) AS self,
         EXISTS (SELECT 1 FROM earlier e JOIN prints f ON e.there = f.there AND e.back = f.back WHERE f.row = g.row) AS seen
    FROM good g JOIN lines l USING (row) LEFT JOIN known k USING (row)
   WHERE g.row NOT IN (SELECT row FROM faulty)),
numbered AS (SELECT *, CASE WHEN self IS NULL THEN 1 ELSE row_number() OVER mine END AS nth, ({differs}) AS differs
               FROM said WINDOW mine AS (PARTITION BY self ORDER BY row))
SELECT row, line, sheet, '' AS kind, '' AS name, '' AS value,
       CASE WHEN seen THEN 'skip'
            WHEN person_id IS NULL AND nth = 1 OR n_people > 1 THEN 'new'
            WHEN person_id IS NULL THEN CASE WHEN differs OR is_event THEN 'update' ELSE 'skip' END
            WHEN changed <> '' OR is_event THEN 'update'
            ELSE 'skip' END AS outcome,
       CASE WHEN seen THEN 'seen'
            WHEN n_people > 1 THEN 'several'
            WHEN person_id IS NULL AND nth = 1 THEN ''
            WHEN person_id IS NULL THEN 'twice'
            WHEN changed <> '' THEN 'changed'
            WHEN is_event THEN 'added'
            ELSE 'known' END AS reason,
       CASE WHEN seen OR n_people > 1 OR person_id IS NULL THEN '' ELSE changed END AS elements
  FROM numbered
"""


def _changed() -> str:
    return ", ".join(
        f"CASE WHEN {_told(f'g.{column}')} IS NOT NULL AND g.{column} IS DISTINCT FROM k.{column} "
        f"AND k.person_id IS NOT NULL THEN '{element}' END"
        for column, element in FACTS.items()
    )


def _told(column: str) -> str:
    """What a row says; sex 0 says that nobody knows, which changes nothing."""
    return f"nullif({column}, '0')" if column.endswith("sex") else column


def _any(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"g.{column} IS NOT NULL" for column in columns)


def _differs() -> str:
    """Whether a row of somebody already in the file says anything that the first one did not."""
    return " OR ".join(
        f"({_told(column)} IS NOT NULL AND {column} IS DISTINCT FROM first_value({column}) OVER mine)"
        for column in FACTS
    )


def _errors(reading: Reading) -> pa.Table:
    """Held rows and rows with a value set aside, once each, with what stands there as written."""
    raw = reading.raw
    name = '"person.name"' if "person.name" in raw.column_names else "NULL"
    written = [n for n in raw.column_names if "." in n]
    value = " ".join(f"WHEN '{n}' THEN r.\"{n}\"" for n in written)
    value = f"CASE f.element {value} END" if value else "NULL"
    nothing = ", ".join(f"'{code}'" for code in NOTHING_IN_IT)
    return query(
        f"""
        WITH found AS (SELECT *, code IN ({nothing}) AS empty FROM
                         (SELECT row, line, sheet, element, code, 'refused' AS kind FROM held
                          UNION ALL SELECT row, line, sheet, element, code, 'person' FROM faults)),
             once AS (SELECT row, any_value(line) AS line, any_value(sheet) AS sheet, bool_and(empty) AS empty,
                             arg_min(kind, empty) AS kind, arg_min(code, empty) AS code, arg_min(element, empty) AS element,
                             coalesce(string_agg(element, ',') FILTER (NOT empty), '') AS elements
                        FROM found GROUP BY row)
        SELECT f.row, f.line, f.sheet, f.code AS reason, f.elements,
               CASE WHEN f.empty AND f.kind = 'person' THEN '' ELSE f.kind END AS kind,
               CASE WHEN f.empty THEN 'skip' ELSE 'error' END AS outcome,
               coalesce(r.{name}, '') AS name, coalesce({value}, '') AS value
          FROM once f LEFT JOIN raw r USING (row)
        """.replace("r.NULL", "NULL"),
        held=reading.held.select(["row", "line", "sheet", "element", "code"]),
        faults=reading.faults.select(["row", "line", "sheet", "element", "code"]),
        raw=raw,
    )
