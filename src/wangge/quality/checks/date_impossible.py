"""A date before 1900, or in the future. A ticket may be for a day to come.
The date is set aside, the person is not.

Source: nobody alive was born before 1900; lists tell what was.
"""

PLACE = 60
CODE = "E2004"
HOLDS, SETS_ASIDE = False, True
ELEMENTS = (
    "person.birth_date", "person.collected_on", "trip.on", "case.onset_on", "case.sampled_on", "case.isolated_on",
)  # fmt: skip
EXPRESSION = "{it} < DATE '1900-01-01' OR ({it} > as_of AND '{it}' <> 'trip_on')"
EXAMPLES = (
    ("person.name", "person.phone", "person.birth_date", "person.collected_on", "trip.on", "fault"),
    ("张晓明", "13800000000", "1900-01-01", "", "", False),
    ("张晓明", "13800000000", "2026-11-23", "", "", False),
    ("张晓明", "13800000000", "1899-12-31", "", "", True),
    ("张晓明", "13800000000", "2026-11-24", "", "", True),
    ("张晓明", "13800000000", "1990-02-03", "2062-11-23", "", True),
    ("张晓明", "13800000000", "1990-02-03", "", "2026-12-01", False),
)
