"""Reads about uploads. Whoever shows a batch passes the reader's scope: outside it a batch does not exist."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from wangge import intake
from wangge.base.errors import WanggeError, Where
from wangge.dictionary import normal_header
from wangge.frame import query
from wangge_server.intake.files import lake_path, own_files, rows_path
from wangge_server.intake.models import Batch, ColumnMapping, FaultRow, HeldRow
from wangge_server.intake.models.batch import GONE

PER_PAGE = 50
UNREAD = ("received", "previewed", "mapped", "checked", "confirmed", "reading")


def mapping() -> intake.Mapping:
    """The installation's mapping file."""
    return intake.load_mapping(Path(settings.DATA) / "mapping.toml")


def scope(user: Any, relation: str) -> Q:
    """Which batches this reader may see: all, or those of the own unit and of units that report to it."""
    if relation == "all":
        return Q()
    own = user.unit_code or "-"  # who has no unit sees no unit's files
    return Q(unit_code=own) | Q(reports_to=own)


def batches(within: Q | None = None) -> QuerySet[Batch]:
    """All batches, or those of a scope, newest first."""
    return Batch.objects.filter(within or Q()).select_related("received_by", "corrects")


def batch_by_id(pk: Any, within: Q | None = None) -> Batch | None:
    """One batch, where the reader may see it."""
    return batches(within).filter(pk=pk).first()


def batch_of_file(digest: str) -> Batch | None:
    """The batch that holds this very file, unless that was taken back, replaced or has expired."""
    return Batch.objects.filter(digest=digest).exclude(state__in=GONE).first()


def waiting(within: Q | None = None) -> dict[str, int]:
    """What waits: files on their way, files refused, rows that need somebody."""
    by_state = {
        row["state"]: row["n"]
        for row in Batch.objects.filter(within or Q()).values("state").annotate(n=Count("pk")).order_by("state")
    }
    asks = by_state.get("previewed", 0) + by_state.get("checked", 0)
    return {
        "unread": sum(by_state.get(state, 0) for state in UNREAD) - asks,
        "asks": asks,
        "refused": by_state.get("refused", 0),
        "held": batch_counts(within)["n_held"],
    }


def received_by_list(within: Q | None = None) -> dict[str, Any]:
    """Newest arrival and rows of each list. -> {list_name: {at, n_rows, n_good, n_held, files}}"""
    rows = _live(within).values("list_name").annotate(at=Max("received_at"), files=Count("pk"), **_SUMS)
    return {row["list_name"]: row for row in rows.order_by("list_name")}


def batch_counts(within: Q | None = None) -> dict[str, int]:
    """Rows in, good and held of all batches read. A row that was corrected counts once, in the batch of its correction."""
    found = _live(within).aggregate(n_faulty=Sum("n_faulty") - Sum("n_moved_faulty"), **_SUMS)
    return {key: value or 0 for key, value in found.items()}


_SUMS = {
    "n_rows": Sum(F("n_rows") - F("n_moved_good") - F("n_moved_held")),
    "n_good": Sum(F("n_good") - F("n_moved_good")),
    "n_held": Sum(F("n_held") - F("n_moved_held")),
}


def _live(within: Q | None) -> QuerySet[Batch]:
    return Batch.objects.filter(within or Q(), state="read")


def would_replace(batch: Batch) -> dict[str, int]:
    """The files of the same unit and list that a confirmation of this one puts out of count. -> {files, rows}"""
    same = Batch.objects.filter(list_name=batch.list_name, unit_code=batch.unit_code, state="read").exclude(pk=batch.pk)
    found = same.aggregate(files=Count("pk"), rows=Sum("n_rows"))
    return {"files": found["files"], "rows": found["rows"] or 0}


def held_by_code(batch: Batch) -> list[Any]:
    """Held rows of a batch by reason, most first."""
    return list(batch.held.values("code").annotate(n=Count("pk")).order_by("-n", "code"))


def faults_by_code(batch: Batch) -> list[Any]:
    """Values of a batch that were set aside, by reason, most first."""
    return list(batch.faults.values("code").annotate(n=Count("pk")).order_by("-n", "code"))


def held_rows(batch: Batch, code: str = "") -> QuerySet[HeldRow]:
    """Held rows of a batch in the order of the file, all or those of one reason."""
    rows = batch.held.filter(code=code) if code else batch.held.all()
    return rows.order_by("line", "pk")


def open_rows(batch: Batch, leave_out: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows that wait for their department: refused, or with a value set aside, and not corrected yet, by line.

    -> [{row, line, sheet, codes: [(code, element)]}]; `leave_out` are reasons with nothing to mend.
    """
    found: dict[int, dict[str, Any]] = {}
    for model in (HeldRow, FaultRow):
        rows = model.objects.filter(batch=batch, corrected_in=None).exclude(code__in=leave_out)
        for one in rows.order_by("line", "pk").values("row", "line", "sheet", "code", "element"):
            line = found.setdefault(one["row"], {**one, "codes": []})
            line["codes"].append((one["code"], one["element"]))
    return sorted(found.values(), key=lambda line: line["line"])


def refusal(batch: Batch) -> WanggeError | None:
    """Why a batch was refused, as the error a person can read; None when it was not."""
    if not batch.error_code:
        return None
    facts = dict(batch.error_facts)
    where = Where(
        facts.pop("_file", ""), facts.pop("_sheet", ""), int(facts.pop("_row", "") or 0), facts.pop("_column", "")
    )
    return WanggeError(batch.error_code, where, **facts)


# ---- rows ---------------------------------------------------------------------------------------------


def good_rows() -> pa.Table:
    """Good rows of all batches read, oldest batch first, corrected ones in their correction. -> GOOD_ROW"""
    from wangge.tables.shapes import GOOD_ROW

    tables = [good_rows_of(batch) for batch in Batch.objects.filter(state="read").order_by("id")]
    return pa.concat_tables(tables) if tables else GOOD_ROW.empty()


def good_row_numbers(batch: Batch) -> set[int]:
    """Numbers of the good rows of one batch, wherever they stand now."""
    return set(pq.read_table(lake_path(batch), columns=["row"]).column("row").to_pylist())


def corrections_of(batch: Batch) -> QuerySet[Batch]:
    """Files read that correct rows of this one, oldest first."""
    return Batch.objects.filter(corrects=batch, state="read").order_by("id")


def good_rows_of(batch: Batch) -> pa.Table:
    """Good rows of one batch, without those that a correction took over. -> GOOD_ROW"""
    table = pq.read_table(lake_path(batch))
    if not batch.moved_rows:
        return table
    return table.filter(pc.invert(pc.is_in(table.column("row"), pa.array(batch.moved_rows, pa.int32()))))


def rows_at(places: list[tuple[str, int]]) -> pa.Table:
    """The good rows at these places (batch in hex, row) of files read; only the parts of the files that hold them are
    looked into. -> GOOD_ROW"""
    from wangge.tables.shapes import GOOD_ROW

    folder = Path(settings.DATA) / "lake" / "good"
    wanted: dict[str, list[int]] = {}
    for batch, row in places:
        wanted.setdefault(batch, []).append(row)
    files = {batch: folder / f"{uuid.UUID(batch)}.parquet" for batch in wanted if batch != "door"}
    tables = [pq.read_table(file, filters=[("row", "in", wanted[batch])], schema=GOOD_ROW.schema)
              for batch, file in files.items() if file.exists()]  # fmt: skip
    return pa.concat_tables(tables) if tables else GOOD_ROW.empty()


def lake_of_list(batch: Batch) -> list[pa.Table]:
    """Good rows of the same list that were read before, file by file; none where this batch takes their place."""
    if batch.mode == "replace":
        return []
    earlier = Batch.objects.filter(state="read", list_name=batch.list_name).exclude(pk=batch.pk).order_by("id")
    return [good_rows_of(one) for one in earlier]


def rows_of(batch: Batch, outcome: str = "", reason: str = "", page: int = 1) -> tuple[list[dict[str, Any]], int]:
    """What the dry run says of each row, errors first, fifty a page. -> (rows, how many there are)"""
    if not rows_path(batch).exists():
        return [], 0
    rows = pq.read_table(rows_path(batch))
    picked = query(
        """SELECT *, count(*) OVER () AS n FROM rows WHERE ($outcome = '' OR outcome = $outcome)
             AND ($reason = '' OR reason = $reason) ORDER BY outcome <> 'error', row LIMIT $size OFFSET $skip""",
        {"outcome": outcome, "reason": reason, "size": PER_PAGE, "skip": (page - 1) * PER_PAGE},
        rows=rows,
    ).to_pylist()
    return picked, picked[0]["n"] if picked else 0


def reasons_of(batch: Batch) -> list[dict[str, Any]]:
    """How many rows of each outcome and reason. -> [{outcome, kind, reason, n}]"""
    if not rows_path(batch).exists():
        return []
    rows = pq.read_table(rows_path(batch), columns=["outcome", "kind", "reason"])
    sql = "SELECT outcome, kind, reason, count(*) AS n FROM rows GROUP BY ALL ORDER BY outcome, n DESC, reason"
    return query(sql, rows=rows).to_pylist()


# ---- what must go -------------------------------------------------------------------------------------

KEEP_DAYS = 30  # Retention.BATCH
SPENT = ("received", "previewed", "mapped", "checked", "refused", "read", "replaced", "cancelled")
BEING_READ = ("confirmed", "reading")


def spent(before: Any, *, ended: bool = False) -> QuerySet[Batch]:
    """Batches that came before this instant and still hold their file. One that is to be read is left alone, unless the
    emergency's data end: then it will not be read any more."""
    states = (*SPENT, *BEING_READ) if ended else SPENT
    return Batch.objects.filter(received_at__lt=before, forgotten_at=None, state__in=states).order_by("id")


def kept_files() -> set[Path]:
    """Files of the data folder that some batch still needs."""
    live = Batch.objects.filter(forgotten_at=None).only("id", "digest", "file_name")
    return {path for batch in live.iterator() for path in own_files(batch)}


# ---- mappings -----------------------------------------------------------------------------------------


def mappings(user: Any, relation: str) -> QuerySet[ColumnMapping]:
    """What units said their columns mean: the reader's own unit, or all."""
    rows = ColumnMapping.objects.select_related("confirmed_by")
    return rows if relation == "all" else rows.filter(unit_code=user.unit_code or "-")


def remembered(
    unit_code: str, header_key: str, list_name: str = "", headers: Sequence[str] = ()
) -> ColumnMapping | None:
    """What this unit last said of this set of headers, for one list or for whichever it was.

    With `headers` also a mapping of more headers fits, where those lacking here were left unread: an empty list that was
    filled in, or a file without its banned columns. A header that was never asked about always asks.
    """
    rows = ColumnMapping.objects.filter(unit_code=unit_code)
    rows = (rows.filter(list_name=list_name) if list_name else rows).order_by(
        Coalesce("used_at", "confirmed_at").desc()
    )
    exact = rows.filter(header_key=header_key).first()
    if exact is not None or not headers:
        return exact
    here = {normal_header(h) for h in headers}
    for one in rows:
        asked = {normal_header(h) for h, _element in one.columns}
        if {normal_header(h) for h, element in one.columns if element} <= here <= asked:
            return one
    return None


def last_mapping(unit_code: str, list_name: str) -> ColumnMapping | None:
    """What this unit last said of the columns of a list."""
    rows = ColumnMapping.objects.filter(unit_code=unit_code, list_name=list_name)
    return rows.order_by(Coalesce("used_at", "confirmed_at").desc()).first()
