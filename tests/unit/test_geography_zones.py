"""Risk-zone texts: an example table, conservation of rows, bad files, and the figures on the real set."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pv
import pytest

from wangge.__main__ import main
from wangge.base.errors import WanggeError
from wangge.geography import check_zones, locate_zones
from wangge.geography.zones import COLUMNS, county_codes

TIANJIN, NANJING = ("天津市", "天津市"), ("江苏省", "南京市")

# place, text -> street, community, how, reason
EXAMPLES = [
    ((*TIANJIN, "津南区"), "双林街津铁惠苑小区19号楼", "120112002", "", "street", "no_community_named"),
    ((*TIANJIN, "津南区"), "天津市津南区双林街道津铁惠苑", "120112002", "", "street", "no_community_named"),
    ((*TIANJIN, "北辰区"), "小淀镇刘安庄村中心街北1条3号", "120113107", "120113107202", "street+community", ""),
    ((*TIANJIN, "北辰区"), "小淀镇大刘安庄村3号", "120113107", "", "street", "no_community_named"),
    ((*TIANJIN, "蓟州区"), "罗森便利店（文昌街38号）", None, "", "", "no_street_named"),  # a road
    ((*TIANJIN, "蓟州区"), "文昌街道天一绿海", "120119001", "", "street", "no_community_named"),
    ((*TIANJIN, "西青区"), "大寺镇李七庄街程华新苑17号楼", None, "", "", "several_streets"),
    ((*TIANJIN, "宁河区"), "潘庄镇白庙村、纪庄村（除高风险区外）", "120117107", "", "street", "several_communities"),
    ((*TIANJIN, "宁河区"), "潘庄镇除白庙村以外区域", "120117107", "", "street", "no_community_named"),
    ((*TIANJIN, "滨海新区"), "泰达街道海望园26门", None, "", "", "no_such_street"),
    ((*TIANJIN, "无此区"), "双林街1号", None, "", "", "no_such_county"),
    ((*NANJING, "六合区"), "雄州街道桥西社区花语馨苑11幢", "320116006", "320116006012", "street+community", ""),
    ((*NANJING, "建邺区"), "江心洲街道除高风险区以外的其他区域", "320105004", "", "street", "no_community_named"),
    ((*NANJING, "秦淮区"), "力联大厦15楼", None, "", "", "no_street_named"),
    (("河北省", "沧州市", "运河区"), "解放西路社区居委会工专小区", "130903004", "130903004012", "community", ""),
    (("河北省", "沧州市", "沧县"), "杜林乡西街村", "130921107", None, "", ""),  # the 乡 became a 镇
    (("浙江省", "杭州市", "下城区"), "朝晖街道某小区", "330105", None, "", ""),  # the county ended in 2021
]


def zones(rows: list[tuple[tuple[str, str, str], str]], **columns: list[str]) -> pa.Table:
    table = {
        "zone_id": [f"z{i}" for i in range(len(rows))],
        "level": ["high"] * len(rows),
        "province": [r[0][0] for r in rows],
        "city": [r[0][1] for r in rows],
        "county": [r[0][2] for r in rows],
        "zone_text": [r[1] for r in rows],
        "first_seen": ["2022-07-05 10:00"] * len(rows),
        "first_absent": ["2022-07-12 08:00"] * len(rows),
    }
    return pa.table(table | columns)


def test_examples() -> None:
    answers = locate_zones(zones([(e[0], e[1]) for e in EXAMPLES])).to_pylist()
    for (_, text, street, community, how, reason), answer in zip(EXAMPLES, answers, strict=True):
        if community is None:
            assert str(answer["street_code9"]).startswith(str(street)), text
            continue
        found = (answer["street_code9"], answer["community_code12"], answer["how"], answer["reason"])
        assert found == (street, community, how, reason), text


def test_times_are_those_of_shanghai_and_open_zones_have_no_end() -> None:
    row = ((*TIANJIN, "津南区"), "双林街津铁惠苑")
    (zone,) = locate_zones(zones([row], first_absent=[""])).to_pylist()
    assert zone["opened_at"] == dt.datetime(2022, 7, 5, 2, 0, tzinfo=dt.UTC)
    assert zone["closed_at"] is None


def test_rows_that_cannot_be_read_are_refused_with_a_reason() -> None:
    row = ((*TIANJIN, "津南区"), "双林街津铁惠苑")
    table = zones(
        [row] * 6,
        zone_id=["a", "", "a", "b", "c", "d"],
        level=["high", "low", "low", "none", "low", "low"],
        first_seen=["2022-07-05 10:00"] * 4 + ["soon", "2022-07-05"],
        first_absent=[""] * 6,
    )
    good, refused = check_zones(table)
    assert refused.select(["row", "refused"]).to_pylist() == [
        {"row": 2, "refused": "no_zone_id"},
        {"row": 3, "refused": "zone_id_twice"},
        {"row": 4, "refused": "no_such_level"},
        {"row": 5, "refused": "no_time"},
    ]
    assert good["zone_id"].to_pylist() == locate_zones(table)["zone_id"].to_pylist() == ["a", "d"]


def test_no_zone_is_an_answer_too() -> None:
    assert locate_zones(zones([])).num_rows == 0


def test_counties_by_name_old_and_new() -> None:
    assert county_codes("天津市", "天津市", "津南区") == ("120112",)
    assert county_codes("浙江省", "杭州市", "江干区") == ("330102", "330114")
    assert county_codes("河北省", "石家庄市", "新华区") != county_codes("河北省", "沧州市", "新华区")
    assert county_codes("河北省", "沧州市", "高新区") == ()


def written(path: Path, rows: pa.Table) -> Path:
    pv.write_csv(rows, path)
    return path


def test_the_command_writes_every_row_and_adds_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [((*TIANJIN, "津南区"), "双林街津铁惠苑"), ((*TIANJIN, "津南区"), "某处"), ((*TIANJIN, "津南区"), "双林街")]
    given = written(tmp_path / "zones.csv", zones(rows, level=["high", "low", "worst"]))
    out = tmp_path / "out.csv"
    assert main(["locate", str(given), "--out", str(out), "--json"]) == 0
    shown = capsys.readouterr()
    figures = json.loads(shown.out.splitlines()[-1])
    assert {k: figures[k] for k in ("rows", "located", "unknown", "refused")} == {
        "rows": 3,
        "located": 1,
        "unknown": 1,
        "refused": 1,
    }
    assert figures["seconds"] > 0
    assert "locating 3 zones" in shown.err
    with out.open(encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert [(r["zone_id"], r["how"]) for r in found] == [("z0", "street"), ("z1", ""), ("z2", "refused")]
    assert set(tmp_path.iterdir()) == {out, given}  # nothing half-written


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("absent.csv", None, "E9003"),
        ("empty.csv", b" \n", "E1002"),
        ("book.csv", b"PK\x03\x04\0\0\0\0", "E1001"),
        ("ragged.csv", b"a,b\n1\n1,2,3\n", "E1001"),
        ("bytes.csv", b"\xff\xff\xff", "E1001"),
        ("short.csv", b"zone_id,level\nz1,high\n", "E1003"),
    ],
)
def test_bad_files_get_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["locate", str(tmp_path / name), "--out", str(tmp_path / "out"), "--json"]) == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out)["error"] == code
    assert name in shown.err
    assert not (tmp_path / "out").exists()


def test_gb18030_is_read_as_well(tmp_path: Path) -> None:
    text = written(tmp_path / "u.csv", zones([((*TIANJIN, "津南区"), "双林街津铁惠苑")])).read_text("utf-8")
    (tmp_path / "g.csv").write_bytes(text.encode("gb18030"))
    assert main(["locate", str(tmp_path / "g.csv"), "--out", str(tmp_path / "o.csv")]) == 0
    assert "120112002" in (tmp_path / "o.csv").read_text("utf-8")


def test_a_lacking_column_is_named() -> None:
    with pytest.raises(WanggeError, match="zone_text"):
        locate_zones(zones([]).drop_columns(["zone_text"]))


@pytest.mark.shared
def test_the_figures_on_the_pilot_cities(shared_data: Path) -> None:
    """Streets right for at least 85 %, communities wrong for at most 2 % of the rows the silver codes cover."""
    folder = shared_data / "cn_risk_zones_2022"
    text = dict.fromkeys(COLUMNS, pa.string())
    table = pv.read_csv(folder / "zones_pilot_cities.csv", convert_options=pv.ConvertOptions(column_types=text))
    silver = list(csv.DictReader((folder / "pilot_silver_codes.csv").read_text("utf-8-sig").splitlines()))
    found = {z["zone_id"]: z for z in locate_zones(table).to_pylist()}
    assert len(found) + check_zones(table)[1].num_rows == table.num_rows
    streets = [found[s["zone_id"]]["street_code9"] == s["street_code9"] for s in silver if s["street_code9"]]
    assert sum(streets) / len(streets) >= 0.98
    named = [(found[s["zone_id"]]["community_code12"], s["community_code12"]) for s in silver if s["street_code9"]]
    wrong = [1 for mine, theirs in named if mine and mine != theirs]
    assert len(wrong) / len(named) <= 0.02
    said = [mine == theirs for mine, theirs in named if theirs]
    assert sum(said) / len(said) >= 0.95
