"""A submission is checked again: shape, types, choices, required, constraint, relevance, each with its number."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wangge.base.errors import WanggeError
from wangge.forms.submission import check, chosen_from, day_of, is_of_type, read_submission
from wangge.forms.xform import parse_xform

ROOT = "root"  # of a list that comes as a file
NOW = dt.datetime(2026, 11, 23, 14, 5)  # noqa: DTZ001 - the sender's own clock
BODY = {
    "text": "input",
    "age": "input",
    "born": "input",
    "fever": "select1",
    "needs": "select",
    "temp": "input",
    "home": "select1",
    "sum": "input",
}


def form(binds: str = "", extra: str = "") -> str:
    choices = "".join(f"<item><label>{v}</label><value>{v}</value></item>" for v in ("yes", "no"))
    controls = "".join(
        f'<{tag} ref="/data/{name}"><label>{name}</label>{choices if tag.startswith("select") and name != "home" else ""}'
        + (f'<itemset nodeset="instance(\'homes\')/{ROOT}/item"><value ref="name"/><label ref="label"/></itemset>' if name == "home" else "")
        + f"</{tag}>" for name, tag in BODY.items())  # fmt: skip
    return f"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>t</h:title><model><instance><data id="f" version="1">{"".join(f"<{n}/>" for n in BODY)}
<person><name/><kind/></person><grp><inner/></grp><meta><instanceID/></meta></data></instance>
<instance id="homes" src="jr://file-csv/homes.csv"/>{binds}{extra}</model></h:head>
<h:body>{controls}<group ref="/data/person"><repeat nodeset="/data/person"><input ref="/data/person/name"/><input ref="/data/person/kind"/></repeat></group>
<group ref="/data/grp"><input ref="/data/grp/inner"/></group></h:body></h:html>"""


def sent(answers: str) -> bytes:
    return f'<data id="f" version="1">{answers}<meta><instanceID>uuid:1</instanceID></meta></data>'.encode()


def codes(binds: str, answers: str, lists: dict[str, bytes] | None = None) -> list[str]:
    found = check(parse_xform(form(binds).encode()), read_submission(sent(answers)), lists or {}, NOW)
    assert found.unchecked == 0 or "homes" in answers or "<home>" in answers
    return [problem.code for problem in found.problems]


def bind(name: str, **facts: str) -> str:
    return f'<bind nodeset="/data/{name}" ' + " ".join(f'{k}="{v}"' for k, v in facts.items()) + "/>"


# (bind, answers, numbers): each rule once where it holds and once where it does not
EXAMPLES = [
    (bind("age", type="int"), "<age>41</age>", []),
    (bind("age", type="int"), "<age>4.5</age>", ["E3842"]),
    (bind("age", type="int", constraint=". &gt;= 0 and . &lt;= 120"), "<age>120</age>", []),
    (bind("age", type="int", constraint=". &gt;= 0 and . &lt;= 120"), "<age>121</age>", ["E3845"]),
    (bind("age", type="int", constraint=". &gt; 200"), "", []),  # nothing said breaks no rule
    (bind("age", required="true()"), "", ["E3844"]),
    (bind("age", required="true()"), "<age> </age>", ["E3844"]),
    (bind("age", required="/data/fever = 'yes'"), "<fever>yes</fever>", ["E3844"]),
    (bind("age", required="/data/fever = 'yes'"), "<fever>no</fever>", []),
    (bind("age", required="true()", relevant="/data/fever = 'yes'"), "<fever>no</fever>", []),
    (bind("age", relevant="/data/fever = 'yes'"), "<fever>no</fever><age>3</age>", ["E3846"]),
    (bind("grp", relevant="/data/fever = 'yes'"), "<fever>no</fever><grp><inner>x</inner></grp>", ["E3846"]),
    (bind("grp", relevant="/data/fever = 'yes'"), "<fever>yes</fever><grp><inner>x</inner></grp>", []),
    ("", "<fever>maybe</fever>", ["E3843"]), ("", "<needs>yes no</needs>", []), ("", "<needs>yes maybe</needs>", ["E3843"]),
    (bind("needs", constraint="not(selected(., 'no')) or count-selected(.) = 1"), "<needs>no yes</needs>", ["E3845"]),
    (bind("needs", constraint="not(selected(., 'no')) or count-selected(.) = 1"), "<needs>no</needs>", []),
    (bind("born", type="date", constraint=". &lt;= today()"), "<born>2026-11-23</born>", []),
    (bind("born", type="date", constraint=". &lt;= today()"), "<born>2026-11-24</born>", ["E3845"]),
    (bind("born", type="date", constraint=". &gt;= date('2020-01-01') and . != '2024-02-29'"), "<born>2024-02-29</born>", ["E3845"]),
    (bind("born", type="date", constraint="int((today() - .) div 365.25) &gt;= 18"), "<born>2008-11-01</born>", []),
    (bind("born", type="date", constraint="int((today() - .) div 365.25) &gt;= 18"), "<born>2008-12-24</born>", ["E3845"]),
    (bind("born", type="date", constraint="format-date(., '%Y') = '2024'"), "<born>2024-05-01</born>", []),
    (bind("born", type="date"), "<born>2024-02-30</born>", ["E3842"]),
    (bind("text", constraint="regex(., '[A-Z]{2}\\d+')"), "<text>AB12</text>", []),
    (bind("text", constraint="regex(., '[A-Z]{2}\\d+')"), "<text>xAB12</text>", ["E3845"]),
    (bind("sum", constraint=". = round(/data/temp * 2, 1)"), "<temp>36.55</temp><sum>73.1</sum>", []),
    (bind("sum", constraint=". = coalesce(/data/text, /data/age)"), "<age>7</age><sum>7</sum>", []),
    (bind("sum", constraint=". = if(/data/fever = 'yes', 1, 2)"), "<fever>yes</fever><sum>2</sum>", ["E3845"]),
    (bind("sum", constraint=". = count(/data/person)"), "<sum>2</sum><person/><person/>", []),
    (bind("sum", constraint=". = count-non-empty(/data/person/name)"), "<sum>1</sum><person><name>a</name></person><person/>", []),
    (bind("text", constraint=". = indexed-repeat(/data/person/name, /data/person, 2)"),
     "<text>b</text><person><name>a</name></person><person><name>b</name></person>", []),
    (bind("text", constraint=". = jr:choice-name(/data/fever, '/data/fever')"), "<fever>no</fever><text>no</text>", []),
    (bind("person/kind", constraint=". = position(..)"), "<person><kind>1</kind></person><person><kind>1</kind></person>", ["E3845"]),
    (bind("person/name", relevant="/data/person/kind = 'a'"),
     "<person><kind>b</kind></person><person><kind>a</kind><name>x</name></person>", []),  # the same turn, not the first
    (bind("person/name", relevant="../kind = 'a'"), "<person><kind>b</kind><name>x</name></person>", ["E3846"]),
    (bind("person/name", required="true()"), "<person><name>x</name></person><person/>", ["E3844"]),
    (bind("person/name", constraint="count(/data/person[name = current()]) = 1"),
     "<person><name>x</name></person><person><name>x</name></person>", ["E3845", "E3845"]),
    ("", "<age>1</age><age>2</age>", ["E3841"]), ("", "<nothing>1</nothing>", ["E3841"]),
]  # fmt: skip


@pytest.mark.parametrize(("binds", "answers", "expected"), EXAMPLES)
def test_each_rule(binds: str, answers: str, expected: list[str]) -> None:
    assert codes(binds, answers) == expected


def test_choices_come_from_the_list_of_the_device_and_are_not_judged_without_it() -> None:
    rows = {"homes.csv": b"name,label\nh1,x\n"}
    assert codes("", "<home>h1</home>", rows) == []
    assert codes("", "<home>h2</home>", rows) == ["E3843"]
    found = check(parse_xform(form().encode()), read_submission(sent("<home>h2</home>")), {}, NOW)
    assert found.problems == [] and found.unchecked == 1  # don't know is neither yes nor no
    read = parse_xform(form().encode())
    assert chosen_from(read, found.answers, "homes.csv") == "h2" and chosen_from(read, found.answers, "other.csv") == ""


def test_no_and_dont_know_are_different_answers() -> None:
    found = check(
        parse_xform(form().encode()),
        read_submission(sent("<text>refused</text><age>not_known</age><sum>0</sum>")),
        {},
        NOW,
    )
    assert [(one.path, one.said) for one in found.answers] == [
        ("/data/text", "refused"),
        ("/data/age", "not_known"),
        ("/data/sum", "answered"),
    ]


def test_an_answer_that_does_not_hold_does_not_count() -> None:
    found = check(
        parse_xform(form(bind("age", type="int")).encode()),
        read_submission(sent("<age>x</age><text>y</text>")),
        {},
        NOW,
    )
    assert {one.path: one.counts for one in found.answers} == {"/data/age": False, "/data/text": True}


def test_the_day_is_the_devices_own_where_it_is_believable() -> None:
    read = parse_xform(
        form('<bind nodeset="/data/text" type="dateTime" jr:preload="timestamp" jr:preloadParams="end"/>').encode()
    )
    for stamp, day in (
        ("2026-11-20T08:00:00.000+08:00", dt.date(2026, 11, 20)),
        ("1970-01-01T00:00:00Z", NOW.date()),
        ("x", NOW.date()),
    ):
        found = check(read, read_submission(sent(f"<text>{stamp}</text>")), {}, NOW)
        assert day_of(read, found.answers, NOW.date()) == day


@pytest.mark.parametrize(("value", "kind", "holds"), [
    ("12", "int", True), ("1e3", "int", False), ("１２", "int", False), ("-3.5", "decimal", True), (".5", "decimal", True), ("NaN", "decimal", False),
    ("2026-11-23T08:00:00.000+08:00", "dateTime", True), ("2026-11-23", "dateTime", False), ("08:30", "time", True), ("8:30", "time", False),
    ("22.5 114.1 0 5", "geopoint", True), ("92 0", "geopoint", False), ("22.5,114.1", "geopoint", False), ("1 1;2 2;3 3;1 1", "geoshape", True),
    ("1 1;2 2;3 3", "geoshape", False), ("a.jpg", "binary", True), ("../a.jpg", "binary", False), ("anything", "barcode", True), ("true", "boolean", True),
])  # fmt: skip
def test_types(value: str, kind: str, holds: bool) -> None:
    assert is_of_type(value, kind) is holds


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(
            lambda t: f"<data id='f'><meta><instanceID>{t}</instanceID></meta></data>".encode("utf-8", "replace")
        ),
    )
)
def test_whatever_comes_is_read_or_refused_with_a_number(raw: bytes) -> None:
    try:
        found = read_submission(raw)
    except WanggeError as error:
        assert error.code in ("E3838", "E3839")
    else:
        assert found.instance_id.strip() == found.instance_id and found.form_id


ANSWER = st.one_of(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=20), st.sampled_from(["yes", "no", "1", "2026-02-30", "99 99", ""]))  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(list(BODY)), ANSWER), st.lists(ANSWER, max_size=4))
def test_any_answers_are_judged_the_same_twice_and_never_told(answers: dict[str, str], people: list[str]) -> None:
    from lxml import etree

    root = etree.Element("data", id="f", version="1")
    for name, value in answers.items():
        etree.SubElement(root, name).text = value
    for value in people:
        etree.SubElement(etree.SubElement(root, "person"), "name").text = value
    etree.SubElement(etree.SubElement(root, "meta"), "instanceID").text = "uuid:1"
    read = parse_xform(form(bind("age", type="int", constraint=". &gt; 3") + bind("born", type="date", constraint=". &lt;= today()")
                            + bind("temp", type="decimal", relevant="/data/fever = 'yes'", required="true()")).encode())  # fmt: skip
    raw = etree.tostring(root)
    first, second = (check(read, read_submission(raw), {}, NOW) for _ in range(2))
    assert (first.problems, first.answers) == (second.problems, second.answers)
    said = [one for one in first.answers if one.path != "/data/meta/instanceID"]
    assert len(said) == sum(1 for v in [*answers.values(), *people] if v.strip())  # nothing is lost
    marks = [v for v in answers.values() if len(v) > 8 and v not in "E3838"]
    assert not [v for v in marks for p in first.problems if v in f"{p.code}{p.path}{p.what}" and not p.path.endswith(v)]
