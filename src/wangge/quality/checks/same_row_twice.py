"""Every element of the row equals that of an earlier row of the same file. Tickets are left alone: trips differ.
The row goes on, so that it is linked to the same person; somebody is told that it says nothing new.

Source: lists are copied together by hand; both rows belong to one person.
"""

PLACE = 80
CODE = "E2008"
HOLDS, SETS_ASIDE = False, False
ELEMENTS: tuple[str, ...] = ()
EXPRESSION = "is_repeated"
EXAMPLES = (
    ("person.name", "person.phone", "person.residence_kind", "trip.vehicle", "fault"),
    ("张晓明", "13800000000", "常住", "", False),
    ("张晓明", "13800000000", "寄住", "", False),
    ("张 晓明", "１３８００００００００", "常住", "", True),
    ("张晓明", "13800000000", "常住", "G101", False),
    ("张晓明", "13800000000", "常住", "G101", False),
    ("李晓明", "13800000000", "常住", "", False),
)
