"""Given names: as surnames; the beginning of a longer one (Rob, Robert) is alike."""

ELEMENT = "given_name"
KIND = "word"
ACROSS = "surname"
EXAMPLES = (
    ("Robert", "robert", "same"),
    ("Robert", "Robret", "near"),
    ("Rob", "Robert", "alike"),
    ("晓明", "小明", "near"),
    ("晓明", "国强", "other"),
    (None, "晓明", "missing"),
)
