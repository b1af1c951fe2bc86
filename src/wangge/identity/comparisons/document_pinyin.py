"""The same number of another document, and a name in Latin letters that is spelt as the Chinese one is read."""

PLACE = 31
EVIDENCE = "document+pinyin"
PARTS = ("document", "pinyin")
NEAR = False
NAMES = "spelt"
CAP = 12
EXAMPLES = (
    ("name", "id_number"),
    (("王晓明", "E12345678"), ("Wang Xiao Ming", "E12345678"), True),
    (("王晓明", "E12345678"), ("Wang Xiao Hong", "E12345678"), False),
    (("王晓明", "E12345678"), ("Wang Xiao Ming", "E12345679"), False),
)
