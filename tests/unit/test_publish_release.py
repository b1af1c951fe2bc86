"""The gate by example: what is shown, what is refused, and that every check can find its fault."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from wangge.base.errors import WanggeError
from wangge.publish import explain, release
from wangge.publish.draft import Draft, draft
from wangge.publish.release import checks, examine
from wangge.tables.shapes import CELL, RELEASE

DISTRICT, STREET = "110101", "110101001"
KINDS = {6: "district", 9: "street", 12: "community", 15: "grid"}


def cells(counts: dict[str, int | None], measure: str = "leads") -> pa.Table:
    """Communities (or grids) with one measure, and all sums above; every other measure 100 times the areas below."""
    rows: dict[str, dict[str, Any]] = {}
    for code, n in counts.items():
        for digits in (6, 9, 12, 15):
            if digits <= len(code):
                row = rows.setdefault(code[:digits], dict.fromkeys(CELL.schema.names[2:], 0))
                row[measure] = None if n is None else (row[measure] or 0) + n
    return pa.Table.from_pylist(
        [{"area_code": c, "kind": KINDS[len(c)], **r} for c, r in rows.items()], schema=CELL.schema
    )


def shown(made: Any, measure: str = "leads") -> dict[str, str]:
    return {r["area_code"]: r["shown"] for r in made.rows.to_pylist() if r["measure"] == measure}


def test_small_redacted_rest_rounded_totals_of_rounded() -> None:
    made = release(cells({f"{STREET}00{i}": n for i, n in enumerate([0, 7, 8, 12, 13, 101])}), "public")
    assert made.verdict == "released" and made.reasons == ()
    assert shown(made) == {
        f"{STREET}000": "<8",
        f"{STREET}001": "<8",
        f"{STREET}002": "10",
        f"{STREET}003": "10",
        f"{STREET}004": "15",
        f"{STREET}005": "100",
        STREET: "135",
        DISTRICT: "135",
    }
    assert made.rows.schema == RELEASE.schema


def test_unknown_is_shown_as_unknown() -> None:
    made = release(cells({f"{STREET}001": None, f"{STREET}002": None}, "missed_low"), "public")
    assert set(shown(made, "missed_low").values()) == {"—"}


def test_nothing_below_community_for_the_public() -> None:
    grids = cells({f"{STREET}001001": 40, f"{STREET}001002": 60})
    assert set(map(len, shown(release(grids, "public")))) == {6, 9, 12}
    assert set(map(len, shown(release(grids, "government")))) == {6, 9, 12, 15}


def test_the_unlocated_do_not_go_out() -> None:
    table = cells({f"{STREET}001": 40})
    lost = pa.Table.from_pylist(
        [{**table.to_pylist()[0], "area_code": "unlocated", "kind": "unlocated"}], schema=CELL.schema
    )
    assert "unlocated" not in shown(release(pa.concat_tables([table, lost]), "public"))


def test_a_purpose_nobody_laid_down_is_refused() -> None:
    made = release(cells({f"{STREET}001": 40}), "curiosity")
    assert (made.verdict, made.rows.num_rows) == ("refused", 0)
    assert made.reasons == ("no_such_purpose:curiosity",)


def released(rows: dict[str, int | None], measure: str = "leads") -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"area_code": a, "measure": measure, "value": v, "shown": "<8" if v is None else str(v)}
            for a, v in rows.items()
        ],
        schema=RELEASE.schema,
    )


TWO = {f"{STREET}001": 7, f"{STREET}002": 12}


@pytest.mark.parametrize(
    ("earlier", "found"),
    [
        ([], []),
        ([released({STREET: 19})], [f"{STREET}001"]),  # exact: 19 - at most 12 leaves 7 or more
        ([released({DISTRICT: 19})], [f"{STREET}001"]),  # one level further up
        ([released({f"{STREET}001": 7})], [f"{STREET}001"]),  # somebody had published it as it is
        ([released({STREET: 17})], []),  # 17 - 8..12 leaves 5 to 7
        ([released({STREET: 20})], []),  # rounded by another house: 18..22, nothing certain
        ([released({f"{STREET}001": None, f"{STREET}002": 10, STREET: 10})], []),  # our own, once more
        ([released({STREET: 99})], []),  # contradicts what is shown now: the counts have changed
        ([released({f"{STREET}002": 21}), released({STREET: 19})], [f"{STREET}001"]),  # one word outdated, one not
        ([released({f"{STREET}002": 12}), released({STREET: 19})], [f"{STREET}001"]),  # two that are harmless alone
    ],
)
def test_what_went_out_before_may_refuse(earlier: list[pa.Table], found: list[str]) -> None:
    made = release(cells(TWO), "public", earlier)
    assert made.reasons == tuple(f"recoverable_from_earlier:{a}:leads" for a in found)
    assert made.verdict == ("refused" if found else "released")
    assert found == [] or made.rows.num_rows == 0


def test_a_part_follows_from_whole_and_other_part() -> None:
    """frame = confirmed + unconfirmed: an exact frame and an exact confirmed elsewhere give the redacted rest."""
    rows = [
        {
            "area_code": f"{STREET}001",
            "kind": "community",
            **dict.fromkeys(CELL.schema.names[2:], 0),
            "frame": 103,
            "confirmed": 98,
            "unconfirmed": 5,
        }
    ]
    table = pa.Table.from_pylist(rows, schema=CELL.schema)
    assert release(table, "public").verdict == "released"
    elsewhere = [released({f"{STREET}001": 103}, "frame"), released({f"{STREET}001": 98}, "confirmed")]
    assert release(table, "public", elsewhere).reasons == (f"recoverable_from_earlier:{STREET}001:unconfirmed",)


# ---- every check finds its planted fault -------------------------------------------------------------


def planted(change: Any, purpose: str = "public", areas: dict[str, int | None] | None = None) -> Draft:
    good = draft(cells(areas or TWO), purpose, ())
    rows = [change(dict(r)) for r in good.rows.to_pylist()]
    return Draft(purpose, pa.Table.from_pylist(rows, schema=good.rows.schema), ())


def at(area: str, **new: Any) -> Any:
    return lambda r: {**r, **new} if (r["area_code"], r["measure"]) == (area, "leads") else r


@pytest.mark.parametrize(
    ("faulty", "check"),
    [
        (planted(at(f"{STREET}001", value=5, shown="5")), "small_cell"),
        (planted(at(f"{STREET}001", value=0, shown="0")), "small_cell"),
        (planted(at(f"{STREET}002", value=12, shown="12")), "not_rounded"),
        (planted(at(f"{STREET}002", value=10, shown="12")), "not_rounded"),
        (planted(lambda r: {**r, "area_code": f"{STREET}001001"} if len(r["area_code"]) == 12 else r), "area_too_fine"),
    ],
)
def test_a_planted_fault_is_found(faulty: Draft, check: str) -> None:
    assert check in {reason.partition(":")[0] for reason in examine(faulty)}
    assert examine(planted(lambda r: r)) == ()


def test_every_check_gives_its_reason_in_three_languages() -> None:
    assert set(checks()) == {
        "area_too_fine",
        "not_rounded",
        "recoverable_from_earlier",
        "recoverable_from_totals",
        "small_cell",
    }
    reasons = [f"{name}:110101" for name in checks()] + ["no_such_purpose:x"]
    for lang in ("zh-hans", "zh-hant", "en"):
        text = explain(reasons, lang)
        assert text.count("(") == len(reasons)
        assert text in WanggeError("E8001", reason=text).text(lang)
    assert explain([f"small_cell:{i}" for i in range(9)], "en").endswith("+4)")
