"""Chinese addresses in every style: one door or not. Used where a list has no parts of the address."""

ELEMENT = "address"
KIND = "door"
ACROSS = ""
EXAMPLES = (
    ("金钟花园12-3-501", "东丽区金钟花园12栋3门501", "same"),
    ("金钟花园12-3-501", "银钟花园12-3-501", "other"),
    ("金钟花园12-3-501", None, "missing"),
)
