"""Names read alike and same door."""

PLACE = 52
EVIDENCE = "name+address"
PARTS = ("name", "door")
NEAR = False
CAP = 12
EXAMPLES = (
    ("name", "address"),
    (("王晓明", "金钟花园12-3-501"), ("王小明", "万新街道金钟花园12栋3单元501"), True),
    (("王晓明", "金钟花园12号楼"), ("王小明", "金钟花园12号楼"), False),
)
