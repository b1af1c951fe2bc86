"""Same door, same birthday, and names that are near: read or shaped alike, or only the surname differs."""

PLACE = 71
EVIDENCE = "near_name+address+birth"
PARTS = ("door", "birth")
NEAR = False
NAMES = "near"
CAP = 10
EXAMPLES = (
    ("name", "address", "birth_date"),
    (("戴未来", "金钟花园12-3-501", "1990-03-07"), ("载末来", "东丽区金钟花园12栋3门501", "1990-03-07"), True),
    (("王晓明", "金钟花园12-3-501", "1990-03-07"), ("王晓红", "金钟花园12-3-501", "1990-03-07"), False),
    (("戴未来", "金钟花园12-3-501", "1990-03-07"), ("载末来", "银钟花园12-3-501", "1990-03-07"), False),
)
