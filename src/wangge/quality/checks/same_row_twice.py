"""Every element of the row equals that of an earlier row of the same list. Tickets are left alone: trips differ.

Source: lists are copied together by hand; the first of the equal rows is used.
"""

PLACE = 80
CODE = "E2008"
ELEMENTS: tuple[str, ...] = ()
EXPRESSION = """
    trip_vehicle IS NULL AND trip_on IS NULL AND row_number() OVER (PARTITION BY fingerprint ORDER BY "row") > 1"""
EXAMPLES = (
    ("person.name", "person.phone", "person.residence_kind", "trip.vehicle", "held"),
    ("张晓明", "13800000000", "常住", "", False),
    ("张晓明", "13800000000", "寄住", "", False),
    ("张 晓明", "１３８００００００００", "常住", "", True),
    ("张晓明", "13800000000", "常住", "G101", False),
    ("张晓明", "13800000000", "常住", "G101", False),
    ("李晓明", "13800000000", "常住", "", False),
)
