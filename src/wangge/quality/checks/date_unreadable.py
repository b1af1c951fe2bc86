"""A date stands there that no rule of the list's date style reads. Nothing is guessed: 03/04/1985 needs a style.

Source: dates arrive as serials, as 2026.11.23, 2026年11月23日 or 20261123. The date is set
aside, the row goes on.
"""

PLACE = 50
CODE = "E2003"
HOLDS, SETS_ASIDE = False, True
ELEMENTS = (
    "person.birth_date", "person.collected_on", "trip.on", "case.onset_on", "case.sampled_on", "case.isolated_on",
)  # fmt: skip
EXPRESSION = "{it}_unreadable"
EXAMPLES = (
    ("person.name", "person.phone", "person.birth_date", "trip.on", "fault"),
    ("张晓明", "13800000000", "19900203", "", False),
    ("张晓明", "13800000000", "1990-2-3", "", False),
    ("张晓明", "13800000000", "1990/02/03", "", False),
    ("张晓明", "13800000000", "1990.2.3", "", False),
    ("张晓明", "13800000000", "１９９０年２月３日", "", False),
    ("张晓明", "13800000000", "1990-02-03 00:00:00", "", False),
    ("张晓明", "13800000000", "32907", "", False),
    ("张晓明", "13800000000", "19450231", "", True),
    ("张晓明", "13800000000", "1990年", "", False),  # see date_without_day
    ("张晓明", "13800000000", "不详", "", False),
    ("张晓明", "13800000000", "", "", False),
    ("张晓明", "13800000000", "1990-02-30", "", True),
    ("张晓明", "13800000000", "03/04/1985", "", True),
    ("张晓明", "13800000000", "1990-13-01", "", True),
    ("张晓明", "13800000000", "九零年", "", True),
    ("张晓明", "13800000000", "", "昨天", True),
)
