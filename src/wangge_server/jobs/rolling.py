"""Grades roll: when time or evidence touches people, only these are graded anew, from the stored exposures, without a run of the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from wangge import risk
from wangge.exposure import protocol_for
from wangge.frame import query
from wangge.tables import Protocol
from wangge_server.exposure.queries import begun_between, exposure_table
from wangge_server.jobs.models import Run
from wangge_server.risk import cell_queries as cell


@dataclass(frozen=True)
class Rolled:
    """GRADE of a day, and how many people were asked again for it."""

    grades: pa.Table
    n_asked: int
    whole: bool = False


def rolled(emergency: str, as_of: dt.date, touched: Iterable[str] = ()) -> Rolled:
    """The grades of `as_of`: what grading all stored exposures gives, at the price of the people touched.

    touched: people whose exposures came, went or were corrected since the newest batch; whom time touches is found here.
    E5026 where no protocol holds that day.
    """
    protocol = protocol_for(as_of)
    base = _base(emergency, protocol, as_of)
    if base is None:
        exposures = exposure_table(emergency)
        return Rolled(risk.grade(exposures, protocol, as_of), _people(exposures), whole=True)
    before, day = base
    due = risk.due(before, as_of).to_pylist()
    asked = sorted({*touched, *due, *begun_between(emergency, day, as_of)})
    grades = risk.regrade(before, exposure_table(emergency, asked), pa.array(asked, pa.string()), protocol, as_of)
    return Rolled(grades, len(asked))


def _base(emergency: str, protocol: Protocol, as_of: dt.date) -> tuple[pa.Table, dt.date] | None:
    """What the machine said last, if it may be rolled on from: of this protocol, not of a later day, and no run came after it."""
    batch = cell.newest(emergency)
    run = Run.objects.filter(emergency_id=emergency, state="done").order_by("-finished_at").first()
    if batch is None or batch.as_of > as_of or (run and run.finished_at and run.asked_at > batch.proposed_at):
        return None
    before = cell.said_in(batch)
    other = set(before.column("protocol").unique().to_pylist()) - {f"{protocol.name}-{protocol.version}"}
    return None if other else (before, batch.as_of)


def _people(exposures: pa.Table) -> int:
    return int(query("SELECT count(DISTINCT person_id) AS n FROM exposures", exposures=exposures).column(0)[0].as_py())


def tells_anything(before: pa.Table, after: pa.Table) -> bool:
    """Would signers see anybody who came or whose colour is another? What merely ended has ended by itself. Both GRADE."""
    change = risk.difference(before, after)
    sql = "SELECT count(*) FROM changed c JOIN before b USING (person_id) WHERE c.grade <> b.grade"
    other = query(sql, changed=change.changed, before=before).column(0)[0].as_py()
    return bool(change.came.num_rows or other)
