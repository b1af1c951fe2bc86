"""The very same characters and same birthday: where names read alike were ambiguous, the spelling may tell."""

PLACE = 60
EVIDENCE = "exact_name+birth"
PARTS = ("exact_name", "birth")
NEAR = False
CAP = 12
EXAMPLES = (
    ("name", "birth_date"),
    (("王晓明", "1990-03-07"), ("王晓明", "1990-03-07"), True),
    (("王晓明", "1990-03-07"), ("王小明", "1990-03-07"), False),
)
