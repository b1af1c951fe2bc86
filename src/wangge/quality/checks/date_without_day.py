"""A year, or a year and a month: the day is not known. It is set aside, never taken for the first of the month.

Source: 出生年月 stands over many lists; a day that was made up would join and part people wrongly.
"""

PLACE = 55
CODE = "E2013"
HOLDS, SETS_ASIDE = False, True
ELEMENTS = (
    "person.birth_date", "person.collected_on", "trip.on", "case.onset_on", "case.sampled_on", "case.isolated_on",
)  # fmt: skip
EXPRESSION = "{it}_partial"
EXAMPLES = (
    ("person.name", "person.phone", "person.birth_date", "trip.on", "fault"),
    ("张晓明", "13800000000", "1990-02-03", "", False),
    ("张晓明", "13800000000", "1990-02", "", True),
    ("张晓明", "13800000000", "1990年2月", "", True),
    ("张晓明", "13800000000", "1990.2", "", True),
    ("张晓明", "13800000000", "199002", "", True),
    ("张晓明", "13800000000", "1990年", "", True),
    ("张晓明", "13800000000", "1990", "", True),
    ("张晓明", "13800000000", "", "2026-11", True),
    ("张晓明", "13800000000", "1990-13", "", False),  # unreadable
    ("张晓明", "13800000000", "", "", False),
)
