"""Names read alike, same mobile phone, same door."""

PLACE = 42
EVIDENCE = "name+phone+address"
PARTS = ("name", "phone", "door")
NEAR = False
CAP = 0
EXAMPLES = (
    ("name", "phone", "address"),
    (("王晓明", "13800000001", "金钟花园12-3-501"), ("王小明", "13800000001", "金钟花园12号楼3单元501室"), True),
    (("王晓明", "13800000001", "金钟花园12-3-501"), ("王小明", "13800000001", "金钟花园12号楼3单元502室"), False),
)
