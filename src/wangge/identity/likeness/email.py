"""Addresses of electronic mail."""

ELEMENT = "email"
KIND = "word"
ACROSS = ""
EXAMPLES = (
    ("rob@smith.net", "rob@smith.net", "same"),
    ("rob@smith.net", "rob@smit.net", "near"),
    ("robert25@smith.net", "robert255@smith.org", "alike"),
    ("rob@smith.net", "mia@jones.com", "other"),
    (None, "rob@smith.net", "missing"),
)
