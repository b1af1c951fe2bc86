"""Names read alike, same door in whatever style it is written, same birthday."""

PLACE = 41
EVIDENCE = "name+address+birth"
PARTS = ("name", "door", "birth")
NEAR = False
CAP = 0
EXAMPLES = (
    ("name", "address", "birth_date"),
    (("王晓明", "金钟花园12-3-501", "1990-03-07"), ("王小明", "东丽区金钟花园12栋3门501", "1990-03-07"), True),
    (("王晓明", "金钟花园12-3-501", "1990-03-07"), ("王小明", "银钟花园12-3-501", "1990-03-07"), False),
)
