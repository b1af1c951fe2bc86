"""Writes about uploads: each step of a batch is an action, in a transaction of its own. Nothing half-written stays."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils import timezone

from wangge.base.errors import WanggeError, Where
from wangge.base.ids import file_digest
from wangge.dictionary import elements, nearest, suggest
from wangge.dictionary.refused import banned_by_words
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import copy_in
from wangge_server.dictionary.actions import confirm_words
from wangge_server.intake import files
from wangge_server.intake.models import Batch, ColumnMapping, FaultRow, HeldRow
from wangge_server.intake.queries import (
    BEING_READ,
    batch_of_file,
    corrections_of,
    good_row_numbers,
    mapping,
    remembered,
    spent,
)
from wangge_server.intake.reading import NOTHING_IN_IT, Reading, read_and_check
from wangge_server.intake.words import state_words

# Above this share of rows held, or with a date nobody can read, the mapping or date style is wrong and not the rows:
# nothing is loaded (E1006). Blank lines, sums and rows that stand twice do not count.
HELD_LIMIT = 0.4
UNREADABLE_DATE = ("E2003", "E2004", "E2013")
# A file that stopped the reader so often is set aside (E1014), so that the others can go on.
MOST_TRIES = 5
MODES = ("add", "replace", "correct")
# While nobody has confirmed, everything about a file may be settled anew.
OPEN = ("previewed", "mapped", "checked", "refused")
# Nobody settled it in thirty days: nothing of it was loaded.
WAITING = ("received", "previewed", "mapped", "checked")


# ---- what a person does -------------------------------------------------------------------------------


@action("batch.upload")
def receive_file(*, list_name: str, file_name: str, data: bytes, by: Any, purpose: str, unit_code: str = "") -> Batch:
    """Take in one file as it is. The very same bytes twice: E1005, nothing changed. -> Batch

    `list_name` may be empty: the headers will say which list it is, or a person. Only the machine names another unit.
    """
    if unit_code and by.role != "system":
        raise WanggeError("E8002")
    digest = file_digest(data)
    known = batch_of_file(digest)
    if known is not None:
        raise WanggeError(
            "E1005",
            Where(file=Path(file_name).name),
            batch=str(known.pk)[-6:],
            at=timezone.localtime(known.received_at).strftime("%Y-%m-%d %H:%M"),
        )
    batch = Batch.objects.create(
        list_name=list_name,
        file_name=Path(file_name).name[-200:],
        digest=digest,
        received_by=by,
        unit_code=unit_code or by.unit_code,
        reports_to="" if unit_code else by.reports_to,
    )
    files.write_bytes(files.upload_path(batch), data)
    note(about=str(batch.pk), list=list_name, bytes=len(data))
    return batch


@action("batch.upload")
def choose_table(*, batch: Batch, sheet: str, header_row: int, by: Any, purpose: str) -> Batch:
    """The table stands on this sheet, its header in this row (as the spreadsheet counts). It is looked at anew."""
    batch = _open(batch, by, (*OPEN, "received"))
    batch.sheet, batch.header_row, batch.columns, batch.by_file = sheet, header_row, [], False
    _begin_anew(batch, "received")
    note(about=str(batch.pk), header_row=header_row)
    return batch


@action("batch.upload")
def map_columns(
    *, batch: Batch, list_name: str, columns: dict[str, str], mode: str, by: Any, purpose: str, corrects: Any = None
) -> Batch:
    """Say what each column is ("" leaves it unread), which list it is, and whether it adds, replaces or corrects.

    The unit's mapping for this set of headers is remembered. E1004 for an unknown element, E1003 where a column that
    the list needs is mapped to nothing. A banned column is dropped whatever it was mapped to.
    """
    batch = _open(batch, by, OPEN)
    listing = mapping().lists.get(list_name)
    if listing is None or mode not in MODES or (mode == "correct") != (corrects is not None):
        raise WanggeError("E1010", list=list_name or "-")
    if corrects is not None and not (
        corrects.state == "read" and corrects.unit_code == batch.unit_code and corrects.forgotten_at is None
    ):
        raise WanggeError("E1030", state=state_words(corrects.state))
    batch.list_name, batch.mode, batch.corrects = list_name, mode, corrects
    batch.columns, batch.by_file = _allowed(columns, batch), False
    read = [element for _header, element in batch.columns if element]
    lacking = [e for e in listing.required if e not in read]
    if lacking or not read:
        missing = elements()[lacking[0]].zh if lacking else "-"
        raise WanggeError("E1003", Where(file=batch.file_name), column=missing, found="、".join(columns))
    _remember(batch, by)
    # Words the dictionary has not are worth keeping: the next form or list that uses them needs no asking.
    new = {header: element for header, element in batch.columns if element and header and not suggest(header)}
    if new:
        confirm_words(words=new, office=batch.unit_code, by=by, purpose=purpose)
    _begin_anew(batch, "mapped")
    note(about=str(batch.pk), list=list_name, mode=mode, columns=len(read))
    return batch


@action("batch.upload")
def confirm_batch(*, batch: Batch, by: Any, purpose: str) -> Batch:
    """The dry run is accepted: now the good rows may go into the lake."""
    batch = _open(batch, by, ("checked",))
    batch.state, batch.confirmed_by, batch.confirmed_at, batch.n_tries = "confirmed", by, timezone.now(), 0
    batch.save()
    note(about=str(batch.pk), rows=batch.n_rows, new=batch.n_new, update=batch.n_update, error=batch.n_error)
    return batch


@action("batch.upload")
def cancel_batch(*, batch: Batch, by: Any, purpose: str) -> Batch:
    """Take a file back before it was confirmed. It may be sent again later."""
    batch = _open(batch, by, (*OPEN, "received"))
    batch.state = "cancelled"
    batch.save(update_fields=["state"])
    _clear_rows(batch)
    files.forget_staged(batch)
    transaction.on_commit(lambda: files.forget_preview(batch))
    note(about=str(batch.pk))
    return batch


@action("batch.upload")
def forget_mapping(*, mapping_id: int, by: Any, purpose: str) -> None:
    """The next file with these headers is asked about again. What was read by the mapping stays."""
    n, _ = ColumnMapping.objects.filter(pk=mapping_id, unit_code=by.unit_code or "-").delete()
    note(n=n)


# ---- what the machine does ----------------------------------------------------------------------------


@action("batch.read")
def confirm_as_mapped(*, batch: Batch, by: Any, purpose: str) -> Batch:
    """A list whose mapping was written by hand, in an installation's own folder, needs no dry run before a person."""
    batch = _open(batch, by, ("received",))
    batch.by_file, batch.state, batch.confirmed_by, batch.confirmed_at = True, "confirmed", by, timezone.now()
    batch.save()
    note(about=str(batch.pk), list=batch.list_name)
    return batch


@action("batch.read")
def begin_reading(*, batch: Batch, by: Any, purpose: str) -> Batch:
    """Note, in a transaction of its own, that a reading begins: a file that stops the reader is known the next time."""
    batch.n_tries += 1
    batch.state = "reading" if batch.state == "confirmed" else batch.state
    batch.save(update_fields=["state", "n_tries"])
    note(about=str(batch.pk), tries=batch.n_tries)
    return batch


@action("batch.read")
def store_preview(*, batch: Batch, seen: dict[str, Any], by: Any, purpose: str) -> Batch:
    """Keep what was seen of the file. Where its headers were settled before, it goes straight on to the dry run."""
    if _overtaken(batch):
        return batch
    files.keep_preview(batch, seen)
    batch.sheet, batch.header_key, batch.n_tries = seen["sheet"], seen["header_key"], 0
    batch.header_row = seen["header_row"]
    batch.corrects, batch.mode = None, "add"
    _settle(batch, seen)
    batch.error_code, batch.error_facts = "", {}
    batch.save()
    note(about=str(batch.pk), state=batch.state, list=batch.list_name)
    return batch


@action("batch.read")
def store_dry_run(
    *, batch: Batch, reading: Reading, rows: pa.Table, counts: dict[str, int], by: Any, purpose: str
) -> Batch:
    """Keep what the batch would do: counts, rows held and values set aside. The good rows wait beside the lake."""
    if _overtaken(batch):
        return batch
    _count(batch, reading, counts)
    files.write_table(files.rows_path(batch), rows)
    if not _too_many_held(batch):
        files.write_table(files.staged_path(batch), reading.good)
        batch.state, batch.error_code, batch.error_facts, batch.n_tries = "checked", "", {}, 0
    batch.checked_at = timezone.now()
    batch.save()
    _note_counts(batch)
    return batch


@action("batch.read")
def refuse_batch(*, batch: Batch, error: WanggeError, by: Any, purpose: str) -> Batch:
    """A file that cannot be read is refused as a whole, with its number. Nothing of it is loaded."""
    if not _overtaken(batch):
        _refuse(batch, error)
        batch.save()
    note(about=str(batch.pk), code=error.code)
    return batch


@action("batch.read")
def read_batch(*, batch: Batch, by: Any, purpose: str) -> Batch:
    """Put the good rows of a confirmed batch into the lake; held rows and values set aside stay at the desk.

    A file that cannot be read, or with too many held rows, is refused as a whole with its number; nothing is loaded.
    Running it again after a kill gives the same result.
    """
    if batch.confirmed_at is None:
        raise WanggeError("E1030", state=state_words(batch.state))
    try:
        if batch.n_tries > MOST_TRIES:
            raise WanggeError("E1014", Where(file=batch.file_name), tries=MOST_TRIES)
        _load(batch)
    except WanggeError as error:
        _clear_rows(batch)
        _refuse(batch, error)
    batch.read_at = timezone.now()
    batch.save()
    if batch.state == "read":
        transaction.on_commit(lambda: files.forget_preview(batch))
    _note_counts(batch)
    return batch


@action("batch.forget")
def forget_batch(*, batch: Batch, before: dt.datetime, ended: bool = False, by: Any, purpose: str) -> Batch:
    """Thirty days are over: the file, its dry run and its held rows go. Good rows stay in the lake, with the register;
    of the batch stay its counts, its columns and the digest of the file. Files go with the sweep that follows.
    `ended`: the emergency's data end, and what waits to be read will not be."""
    found = spent(before, ended=ended).select_for_update().filter(pk=batch.pk).first()
    if found is None:
        return batch  # somebody was faster
    n_held, _each = HeldRow.objects.filter(batch=found).delete()
    n_faults, _each = FaultRow.objects.filter(batch=found).delete()
    if found.state in (*WAITING, *BEING_READ):
        found.state = "expired"
    found.forgotten_at = timezone.now()
    found.save(update_fields=["state", "forgotten_at"])
    if found.state == "replaced":
        transaction.on_commit(lambda: files.lake_path(found).unlink(missing_ok=True))
    note(about=str(found.pk), digest=found.digest, state=found.state, held=n_held, faults=n_faults)
    return found


# ---- parts --------------------------------------------------------------------------------------------


def _open(batch: Batch, by: Any, states: tuple[str, ...]) -> Batch:
    """The batch as it stands now, locked; E1030 where somebody was faster, E8002 where it is another unit's."""
    found = Batch.objects.select_for_update().get(pk=batch.pk)
    if by.role != "system" and found.unit_code != by.unit_code:
        raise WanggeError("E8002")
    if found.state not in states:
        raise WanggeError("E1030", state=state_words(found.state))
    return found


def _overtaken(batch: Batch) -> bool:
    """Whether a person settled something anew while the machine was at it: then what it found is not stored."""
    now = Batch.objects.select_for_update().get(pk=batch.pk)
    settled = ("state", "sheet", "header_row", "columns", "list_name", "mode", "by_file", "corrects_id")
    if all(getattr(now, name) == getattr(batch, name) for name in settled):
        return False
    batch.refresh_from_db()
    note(about=str(batch.pk), state=batch.state)
    return True


def _begin_anew(batch: Batch, state: str) -> None:
    """Back to `state`: what an earlier dry run found is gone."""
    batch.state, batch.n_tries, batch.error_code, batch.error_facts = state, 0, "", {}
    for name in ("n_rows", "n_good", "n_held", "n_faulty", "n_new", "n_update", "n_skip", "n_error", "checked_at"):
        setattr(batch, name, None)
    batch.save()
    _clear_rows(batch)
    files.forget_staged(batch)


def _clear_rows(batch: Batch) -> None:
    HeldRow.objects.filter(batch=batch).delete()
    FaultRow.objects.filter(batch=batch).delete()


def _allowed(columns: dict[str, str], batch: Batch) -> list[list[str]]:
    """The columns with banned ones left unread; E1004 for what the dictionary does not know."""
    for header, element in columns.items():
        if element and element not in elements():
            where = Where(file=batch.file_name, column=header)
            raise WanggeError("E1004", where, element=element, nearest=nearest(element) or "-")
    banned = {h for h, e in columns.items() if (e and elements()[e].banned) or is_banned(h)}
    return [[header, "" if header in banned else element] for header, element in columns.items()]


def is_banned(header: str) -> bool:
    """Whether a column of this name may never be collected."""
    return banned_by_words(header) is not None


def _remember(batch: Batch, by: Any) -> None:
    ColumnMapping.objects.update_or_create(
        unit_code=batch.unit_code,
        list_name=batch.list_name,
        header_key=batch.header_key,
        defaults={"columns": batch.columns, "confirmed_by": by, "confirmed_at": timezone.now()},
    )


def _settle(batch: Batch, seen: dict[str, Any]) -> None:
    """mapped where the mapping file or the unit's memory knows these headers, else previewed: a person must say."""
    batch.state, batch.by_file, batch.columns = "previewed", False, []
    if seen["corrects"]:
        batch.corrects = Batch.objects.filter(
            pk=seen["corrects"],
            unit_code=batch.unit_code,
            state="read",
            forgotten_at=None,
            header_key__in=("", batch.header_key),
        ).first()  # a file that was read by the mapping file alone has no key of its own
    if batch.corrects is not None:
        earlier = batch.corrects
        batch.mode, batch.list_name, batch.columns = "correct", earlier.list_name, earlier.columns
        batch.by_file, batch.state = earlier.by_file, "mapped"
    elif seen["by_file"] and batch.list_name in ("", seen["by_file"]):
        batch.list_name, batch.by_file, batch.state = seen["by_file"], True, "mapped"
    elif (known := remembered(batch.unit_code, batch.header_key, batch.list_name, _headers(seen))) is not None:
        batch.list_name, batch.columns, batch.state = known.list_name, known.columns, "mapped"
        ColumnMapping.objects.filter(pk=known.pk).update(n_uses=known.n_uses + 1, used_at=timezone.now())


def _headers(seen: dict[str, Any]) -> list[str]:
    return [column["header"] for column in seen["columns"] if column["header"]]


def _count(batch: Batch, reading: Reading, counts: dict[str, int] | None) -> None:
    batch.n_rows, batch.n_good, batch.n_held = reading.report.n_rows, reading.good.num_rows, reading.held.num_rows
    batch.n_faulty = reading.n_faulty
    for name in ("new", "update", "skip", "error") if counts else ():
        setattr(batch, f"n_{name}", counts[name])  # type: ignore[index]
    if counts and sum(counts[name] for name in ("new", "update", "skip", "error")) != batch.n_rows:
        raise WanggeError("E2009", rows=batch.n_rows, good=batch.n_good, held=batch.n_held)
    batch.report = dataclasses.asdict(reading.report)
    _clear_rows(batch)
    _copy_rows(HeldRow, batch, reading.held)
    _copy_rows(FaultRow, batch, reading.faults)


def _copy_rows(model: Any, batch: Batch, found: pa.Table) -> None:
    from django.db import connection

    rows = pa.table(
        {
            **{name: found.column(name).fill_null("") for name in ("sheet", "element", "code")},
            **{name: found.column(name) for name in ("row", "line")},
            "batch_id": pa.array([str(batch.pk)] * found.num_rows, pa.string()),
        }
    )
    with connection.cursor() as cursor:
        copy_in(cursor, model._meta.db_table, rows)


def _too_many_held(batch: Batch) -> bool:
    """Refuse a batch of which too much is held (E1006). A correction is not refused so: its rows were wrong before."""
    empty = HeldRow.objects.filter(batch=batch, code__in=NOTHING_IN_IT).count()
    dates = FaultRow.objects.filter(batch=batch, code__in=UNREADABLE_DATE).values("row").distinct().count()
    held, rows = (batch.n_held or 0) - empty + dates, (batch.n_rows or 0) - empty
    if held <= HELD_LIMIT * rows or batch.mode == "correct":
        return False
    _refuse(batch, WanggeError("E1006", share=f"{held / rows:.0%}", held=held, rows=rows))
    return True


def _load(batch: Batch) -> None:
    """Good rows into the lake: those of the dry run, or, where they are gone, read once more."""
    staged, lake = files.staged_path(batch), files.lake_path(batch)
    if staged.exists() and batch.n_rows is not None:
        lake.parent.mkdir(parents=True, exist_ok=True)
        os.replace(staged, lake)
    else:
        reading = read_and_check(batch)
        _count(batch, reading, None)
        if _too_many_held(batch):
            return
        files.write_table(lake, reading.good)
    batch.state, batch.error_code, batch.error_facts = "read", "", {}
    if batch.mode == "replace":
        same = Batch.objects.filter(list_name=batch.list_name, unit_code=batch.unit_code, state="read")
        note(replaced=same.exclude(pk=batch.pk).update(state="replaced", replaced_by=batch))
    if batch.corrects is not None:
        _take_over(batch, Batch.objects.select_for_update().get(pk=batch.corrects.pk))


def _take_over(batch: Batch, earlier: Batch) -> None:
    """The rows of `earlier` that this batch sends again stand here from now on: not there, nor where an earlier
    correction put them."""
    seen = files.preview_of(batch) or {}
    asked = {row for model in (HeldRow, FaultRow) for row in
             model.objects.filter(batch=earlier).values_list("row", flat=True)}  # fmt: skip
    batch.answers = {here: row for here, row in seen.get("answers", {}).items() if row in asked}
    rows = set(batch.answers.values())
    for model in (HeldRow, FaultRow):
        model.objects.filter(batch=earlier, row__in=rows).update(corrected_in=batch)
    note(corrected=_move_out(earlier, rows, batch))


def _move_out(earlier: Batch, rows: set[int], to: Batch) -> int:
    """Rows of `earlier` stand in `to` now, and so do the corrections they had in between. -> rows taken out of count"""
    moved = sorted(rows - set(earlier.moved_rows))
    good = good_row_numbers(earlier).intersection(moved)
    faults = FaultRow.objects.filter(batch=earlier, row__in=good).exclude(code__in=NOTHING_IN_IT)
    earlier.moved_rows = sorted({*earlier.moved_rows, *moved})
    earlier.n_moved_good += len(good)
    earlier.n_moved_faulty += faults.values("row").distinct().count()
    earlier.n_moved_held += len(moved) - len(good)
    earlier.save(update_fields=["moved_rows", "n_moved_good", "n_moved_faulty", "n_moved_held"])
    taken = len(moved)
    for between in corrections_of(earlier).exclude(pk=to.pk).select_for_update():
        again = {int(here) for here, row in between.answers.items() if row in rows}
        for model in (HeldRow, FaultRow):
            model.objects.filter(batch=between, row__in=again, corrected_in=None).update(corrected_in=to)
        taken += _move_out(between, again, to) if again else 0
    return taken


def _refuse(batch: Batch, error: WanggeError) -> None:
    batch.state, batch.error_code, batch.error_facts = "refused", error.code, _plain(error)


def _note_counts(batch: Batch) -> None:
    """Counts of the batch, and the banned columns by their names in the dictionary: the drop is on record."""
    dropped = [known.name for header in batch.report.get("dropped", {}) if (known := banned_by_words(header))]
    note(
        about=str(batch.pk),
        state=batch.state,
        code=batch.error_code,
        rows=batch.n_rows,
        held=batch.n_held,
        faulty=batch.n_faulty,
        dropped=len(batch.report.get("dropped", {})),
        banned=dropped,
    )


def _plain(error: WanggeError) -> dict[str, str]:
    where = error.where
    facts = {key: str(value) for key, value in error.facts.items()}
    return facts | {"_file": where.file, "_sheet": where.sheet, "_row": str(where.row or ""), "_column": where.column}
