"""The whole way in one screen: read -> check -> link -> locate -> trace -> grade -> plan -> verify -> count -> release.

Everything is reached from here. Each stage takes and returns tables of `wangge.tables`; this file only hands them on,
times them, and refuses to go on when rows do not add up.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wangge import dispatch, exposure, feedback, geography, identity, insight, intake, publish, quality, risk
from wangge.base.errors import WanggeError, Where
from wangge.base.progress import Progress, peak_rss_mb
from wangge.frame import query
from wangge.tables.shapes import (
    ANSWER,
    CASE,
    CELL,
    COVERAGE,
    EXPOSURE,
    FAULT,
    GOOD_ROW,
    GRADE,
    HELD_ROW,
    HOUSEHOLD,
    LEAD,
    LINK,
    LOCATED,
    OUTCOME,
    PERSON,
    RESIDENCE,
    REVIEW,
    TASK,
    VISIT,
    ZONE,
)

DOOR_LIST = "door"  # rows that monthly checks were told: no file holds them, they count as asked at the door
STAGES = ("read", "check", "link", "locate", "trace", "grade", "plan", "verify", "count", "release")


@dataclass(frozen=True)
class Source:
    """What an installation hands to the way: lists with their mapping, movements, the frame, the workers."""

    mapping: intake.Mapping
    files: dict[str, Path]  # list -> file
    areas: pa.Table
    dwellings: pa.Table
    workers: pa.Table
    visits: pa.Table  # VISIT; person_id holds accounts of the check-in platform
    as_of: dt.date
    zones: pa.Table = field(default_factory=ZONE.empty)
    answers: pa.Table = field(default_factory=ANSWER.empty)
    gone: pa.Table | None = None  # person_id of people known to have died or moved away
    told_until: dt.date | None = None  # newest day that rows were told, which may be later than as_of
    decisions: pa.Table | None = None  # DECISION: what people settled about rows
    key: str = identity.DEMO_KEY  # keys the person ids; an installation has its own, kept apart from the data
    truth: pa.Table | None = None  # list, row, person: only made-up districts have it


@dataclass
class Way:
    """What came of it, stage by stage."""

    rows_in: int = 0
    good: pa.Table = field(default_factory=GOOD_ROW.empty)
    held: pa.Table = field(default_factory=HELD_ROW.empty)
    faults: pa.Table = field(default_factory=FAULT.empty)
    reports: dict[str, Any] = field(default_factory=dict)
    people: pa.Table = field(default_factory=PERSON.empty)
    links: pa.Table = field(default_factory=LINK.empty)
    households: pa.Table = field(default_factory=HOUSEHOLD.empty)
    residences: pa.Table = field(default_factory=RESIDENCE.empty)
    review: pa.Table = field(default_factory=REVIEW.empty)
    located: pa.Table = field(default_factory=LOCATED.empty)
    cases: pa.Table = field(default_factory=CASE.empty)
    exposures: pa.Table = field(default_factory=EXPOSURE.empty)
    set_aside: dict[str, int] = field(default_factory=dict)
    grades: pa.Table = field(default_factory=GRADE.empty)
    leads: pa.Table = field(default_factory=LEAD.empty)
    tasks: pa.Table = field(default_factory=TASK.empty)
    load: pa.Table = field(default_factory=lambda: pa.table({}))
    outcomes: pa.Table = field(default_factory=OUTCOME.empty)
    coverage: pa.Table = field(default_factory=COVERAGE.empty)
    cells: pa.Table = field(default_factory=CELL.empty)
    release: publish.Release | None = None
    summary: dict[str, Any] = field(default_factory=dict)


def run(source: Source, progress: Progress | None = None) -> Way:
    """Walk the whole way on the library alone. -> Way, with a summary that adds up"""
    progress, way = progress or Progress(), Way()
    read_and_check(source, way, progress)
    link_and_locate(source, way, progress)
    judge(source, way, progress)
    account(source, way, progress)
    way.summary = summary(source, way, progress)
    return way


def read_and_check(source: Source, way: Way, progress: Progress) -> None:
    """Files -> good rows + held rows; every row in is accounted for, list by list."""
    good, held, faults = [], [], []
    for name, listing in source.mapping.lists.items():
        if name not in source.files:
            raise WanggeError("E1010", Where(file=name), list=name)
        with progress.stage("read"):
            read = intake.read(source.files[name], listing)
        with progress.stage("check"):
            checked = quality.check(read.rows, source.as_of)
        way.rows_in += read.report.n_rows
        way.reports[name] = read.report
        good.append(checked.good)
        held += [read.held, checked.held]
        faults.append(checked.faults)
    way.good, way.held, way.faults = (pa.concat_tables(some) for some in (good, held, faults))
    if way.rows_in != way.good.num_rows + way.held.num_rows:
        raise WanggeError("E2009", rows=way.rows_in, good=way.good.num_rows, held=way.held.num_rows)


def link_and_locate(source: Source, way: Way, progress: Progress) -> None:
    """Good rows -> people, households, and the grid each door stands in."""
    doors = (*source.mapping.door_lists, DOOR_LIST)
    until = max(source.as_of, source.told_until or source.as_of)
    with progress.stage("link"):
        linked = identity.link(
            way.good, until, door_lists=doors, source_order=tuple(source.mapping.lists), key=source.key,
            decisions=source.decisions,
        )  # fmt: skip
        way.links, way.people, way.households, way.review = linked
        said, order = (way.good, way.links, way.people, until), tuple(source.mapping.lists)
        way.households = identity.with_kinds(way.households, *said, source_order=order)
        way.residences = identity.residences(*said, source_order=order)
    if source.gone is not None and source.gone.num_rows:
        way.people = query(
            "SELECT p.* FROM people p ANTI JOIN gone USING (person_id)", people=way.people, gone=source.gone
        )
    with progress.stage("locate"):
        way.located = geography.locate(way.households, source.dwellings, source.areas)


def judge(source: Source, way: Way, progress: Progress) -> None:
    """Movements and cases -> exposures -> grades -> envelopes."""
    protocol = exposure.protocol_for(source.as_of)
    with progress.stage("trace"):
        way.cases = cases_of(way.good, way.links)
        visits = pa.concat_tables([people_of(source.visits, way.good, way.links), exposure.trips(way.good, way.links)])
        traced = exposure.trace(
            visits,
            way.cases,
            protocol,
            zones=source.zones,
            residents=residents(way.people, way.located),
            as_of=source.as_of,
            n_people=way.people.num_rows,
        )
    way.exposures, way.set_aside = in_register(traced.exposures, way.people), dict(traced.set_aside)
    way.set_aside["not_in_register"] = traced.exposures.num_rows - way.exposures.num_rows
    with progress.stage("grade"):
        way.grades = risk.grade(way.exposures, protocol, source.as_of)
    with progress.stage("plan"):
        plan = dispatch.plan(way.grades, way.people, way.located, source.workers, protocol, dwellings=source.dwellings)
    way.leads, way.tasks, way.load = plan


def account(source: Source, way: Way, progress: Progress) -> None:
    """Answers -> outcomes -> coverage and counts -> what may be published."""
    with progress.stage("verify"):
        way.outcomes = feedback.verify(way.leads, source.answers)
        way.coverage = feedback.cover(
            source.dwellings, way.located, way.people, way.leads, way.outcomes, source.answers, as_of=source.as_of
        )
    with progress.stage("count"):
        way.cells = insight.count(
            way.coverage, way.located, way.people, way.leads, way.tasks, way.outcomes, source.areas
        )
    with progress.stage("release"):
        way.release = publish.release(way.cells, "public")


# ---- hand-overs between stages that need a look at two tables ----------------------------------------


def cases_of(good: pa.Table, links: pa.Table) -> pa.Table:
    """Rows of case lists as CASE, by linked person; one row a person, the earliest dates. -> CASE"""
    rows = query(
        """SELECT person_id, min(case_kind) AS kind, min(case_onset_on) AS onset_on,
                  min(case_sampled_on) AS sampled_on, min(case_isolated_on) AS isolated_on
           FROM good JOIN links USING (list, batch, row) WHERE coalesce(case_onset_on, case_sampled_on) IS NOT NULL OR case_kind IS NOT NULL
           GROUP BY person_id ORDER BY person_id""",
        good=good,
        links=links,
    )
    return CASE.hand_over(rows)


def people_of(visits: pa.Table, good: pa.Table, links: pa.Table) -> pa.Table:
    """Visits by account -> visits by person; a visit whose account nobody linked stays with the account. -> VISIT"""
    rows = query(
        """WITH account AS (SELECT account, min(person_id) AS person FROM good JOIN links USING (list, batch, row)
                            WHERE account IS NOT NULL GROUP BY account)
           SELECT coalesce(person, person_id) AS person_id, place_id, place_kind, start_at, end_at
           FROM visits LEFT JOIN account ON account.account = visits.person_id""",
        visits=visits,
        good=good,
        links=links,
    )
    return VISIT.hand_over(rows)


def in_register(exposures: pa.Table, people: pa.Table) -> pa.Table:
    """Exposures of people in the register. Others are known by an account only: counted, but nobody can be visited."""
    return query("SELECT e.* FROM exposures e SEMI JOIN people USING (person_id)", exposures=exposures, people=people)


def residents(people: pa.Table, located: pa.Table) -> pa.Table:
    """Who lives where, as far as known: person_id, community_code12, street_code9."""
    return query(
        """SELECT person_id, grid_code[1:12] AS community_code12, grid_code[1:9] AS street_code9
           FROM people JOIN located USING (household_id) WHERE grid_code IS NOT NULL""",
        people=people,
        located=located,
    )


def outcome_counts(outcomes: pa.Table) -> dict[str, int]:
    """Closed leads by outcome. -> {"full": 12, …}"""
    rows = query("SELECT outcome, count(*) AS n FROM outcomes WHERE is_closed GROUP BY 1 ORDER BY 1", outcomes=outcomes)
    return {row["outcome"]: row["n"] for row in rows.to_pylist()}


def summary(source: Source, way: Way, progress: Progress) -> dict[str, Any]:
    """One object of counts that add up; `pair_*` only where there is a truth to compare with."""
    balance = feedback.conserve(way.leads, way.outcomes)
    district = way.cells.to_pylist()
    top = [cell for cell in district if cell["kind"] == "district"]
    scores = identity.score(way.links, source.truth) if source.truth is not None else {}
    return {
        "rows_in": way.rows_in,
        "rows_good": way.good.num_rows,
        "rows_held": way.held.num_rows,
        "rows_with_fault": quality.rows_with_fault(way.faults),
        "beside": {name: report.beside() for name, report in way.reports.items()},
        "people": way.people.num_rows,
        "true_people": true_people(source.truth) if source.truth is not None else None,
        **{key: scores.get(key) for key in ("pair_precision", "pair_recall", "pair_f1")},
        "households": way.households.num_rows,
        "leads": balance["leads"],
        "tasks": way.tasks.num_rows,
        "outcomes": outcome_counts(way.outcomes),
        "open": balance["open"],
        "conservation_difference": balance["difference"],
        "covered": sum(cell["confirmed"] for cell in top),
        "frame": sum(cell["frame"] for cell in top),
        "missed": _known_sum([cell["missed_low"] for cell in top]),
        "grades": {
            row["grade"]: row["n"]
            for row in query(
                "SELECT grade, count(*) AS n FROM grades GROUP BY 1 ORDER BY 1", grades=way.grades
            ).to_pylist()
        },
        "unlocated_households": query(
            "SELECT count(*) AS n FROM located WHERE grid_code IS NULL", located=way.located
        ).to_pylist()[0]["n"],
        "review_groups": len(set(way.review.column("group_id").to_pylist())),
        "set_aside": way.set_aside,
        "release": way.release.verdict if way.release else None,
        "seconds": {stage: progress.seconds.get(stage, 0.0) for stage in STAGES},
        "peak_mb": {stage: progress.peak_mb.get(stage, 0.0) for stage in STAGES},
        "peak_rss_mb": peak_rss_mb(),
    }


def _known_sum(values: list[int | None]) -> int | None:
    """The sum, or None where nobody can say: unknown is not zero."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


# ---- folders ------------------------------------------------------------------------------------------


def open_folder(folder: Path, **given: Any) -> Source:
    """A folder as `wangge synth` writes it (and an installation may prepare by hand) as a Source."""
    import json

    for needed in ("areas.parquet", "dwellings.parquet", "workers.parquet"):
        if not (folder / needed).exists():
            raise WanggeError("E9003", Where(file=needed), name=needed)
    mapping, files = lists_of(folder)
    preset = json.loads((folder / "preset.json").read_text("utf-8")) if (folder / "preset.json").exists() else {}
    parts: dict[str, Any] = {
        "mapping": mapping,
        "files": files,
        "as_of": dt.date.fromisoformat(preset.get("as_of", "1970-01-01")),
        **{name: pq.read_table(folder / f"{name}.parquet") for name in ("areas", "dwellings", "workers")},
        "visits": _optional(folder / "visits.parquet", VISIT.empty()),
        "answers": _optional(folder / "answers.parquet", ANSWER.empty()),
        "truth": truth_of(folder),
    }
    return Source(**{**parts, **{key: value for key, value in given.items() if value is not None}})


def lists_of(folder: Path) -> tuple[intake.Mapping, dict[str, Path]]:
    """The mapping of a folder and the file of each list; files are named from where the mapping lies."""
    file = mapping_file(folder)
    mapping = intake.load_mapping(file)
    return mapping, {name: file.parent / (listing.file or f"{name}.csv") for name, listing in mapping.lists.items()}


def mapping_file(folder: Path) -> Path:
    """mapping.toml of a folder, at its top or beside the lists; E9003 where there is none."""
    for file in (folder / "mapping.toml", folder / "lists" / "mapping.toml"):
        if file.exists():
            return file
    raise WanggeError("E9003", Where(file="mapping.toml"), name="mapping.toml")


def _optional(file: Path, otherwise: pa.Table) -> pa.Table:
    return pq.read_table(file) if file.exists() else otherwise


def truth_of(folder: Path) -> pa.Table | None:
    """list, row, person of a made-up district; None where there is no truth to know."""
    file = folder / "truth" / "links.parquet"
    if not file.exists():
        return None
    known = pq.read_table(file, columns=["list", "row", "person_id"])
    return known.rename_columns(["list", "row", "person"])


def true_people(truth: pa.Table) -> int:
    """How many different people the lists really hold."""
    return int(query("SELECT count(DISTINCT person) AS n FROM truth", truth=truth).to_pylist()[0]["n"])
