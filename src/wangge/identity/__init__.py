"""Rows of many lists -> one person, one record, and households, with the evidence; doubts go to a person."""

from wangge.identity.link import Linked, link
from wangge.identity.opaque import DEMO_KEY
from wangge.identity.score import score

__all__ = ["DEMO_KEY", "Linked", "link", "score"]
