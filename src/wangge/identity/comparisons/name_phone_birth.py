"""Names read alike, same mobile phone, same birthday."""

PLACE = 40
EVIDENCE = "name+phone+birth"
PARTS = ("name", "phone", "birth")
NEAR = False
CAP = 0
EXAMPLES = (
    ("name", "phone", "birth_date"),
    (("王晓明", "13800000001", "1990-03-07"), ("王小明", "13800000001", "1990-03-07"), True),
    (("王晓明", "13800000001", "1990-03-07"), ("王小明", "13800000001", "1991-03-07"), False),
    (("王晓明", "13800000001", "1990-03-07"), ("王小明", "13800000001", None), False),
)
