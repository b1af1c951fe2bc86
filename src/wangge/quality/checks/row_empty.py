"""No element of the row is filled in. Blank lines stand in most lists; they are counted, so that rows add up.

Source: workflows, every row accounted for.
"""

PLACE = 10
CODE = "E2007"
HOLDS, SETS_ASIDE = True, False
ELEMENTS: tuple[str, ...] = ()
EXPRESSION = "is_empty"
EXAMPLES = (
    ("person.name", "person.phone", "held"),
    ("张晓明", "13800000000", False),
    ("", "", True),
    ("　", "/", True),
    (None, None, True),
    ("", "13800000000", False),
)
