"""Same mobile phone and same birthday, whatever the name: a name may be mistyped beyond recognition. Weakest."""

PLACE = 70
EVIDENCE = "phone+birth"
PARTS = ("phone", "birth")
NEAR = False
CAP = 10
EXAMPLES = (
    ("name", "phone", "birth_date"),
    (("王晓明", "13800000001", "1990-03-07"), ("玉晓朋", "13800000001", "1990-03-07"), True),
    (("王晓明", "13800000001", "1990-03-07"), ("玉晓朋", "13800000002", "1990-03-07"), False),
)
