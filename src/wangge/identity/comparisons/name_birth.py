"""Names read alike and same birthday. Weak: many share a common name and a day, so a large group joins nobody."""

PLACE = 50
EVIDENCE = "name+birth"
PARTS = ("name", "birth")
NEAR = False
CAP = 12
EXAMPLES = (
    ("name", "birth_date"),
    (("王晓明", "1990-03-07"), ("王小明", "1990-03-07"), True),
    (("王晓明", "1990-03-07"), ("王小明", "1990-07-03"), False),
)
