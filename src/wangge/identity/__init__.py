"""Rows of many lists -> one person, one record, and households, with the evidence; doubts go to a person."""

from wangge.identity.facts import facts
from wangge.identity.link import Linked, link
from wangge.identity.opaque import DEMO_KEY
from wangge.identity.residence import residences, with_kinds
from wangge.identity.score import score
from wangge.identity.survivorship import Rules, load_rules

__all__ = ["DEMO_KEY", "Linked", "Rules", "facts", "link", "load_rules", "residences", "score", "with_kinds"]
