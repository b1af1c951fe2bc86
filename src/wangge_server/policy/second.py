"""The second person, as the rooms ask: one rule for every act that takes two."""

from __future__ import annotations

from typing import Any

from wangge import policy
from wangge.base.errors import WanggeError


def signer(user: Any) -> policy.Signer:
    """A user as the rule sees them: who, and for which unit."""
    return policy.Signer(str(user.pk or ""), user.unit_code)


def is_second(act: str, first: Any, by: Any) -> bool:
    """Will `by` do as the second person? For acts a page offers; the action asks again."""
    return policy.second(act, signer(first), signer(by)).holds


def must_be_second(act: str, first: Any, by: Any, *, same_person: str = "E8004") -> None:
    """Go on only if `by` may agree to what `first` asked for. Raises `same_person`, or E8005 for the same department."""
    found = policy.second(act, signer(first), signer(by))
    if not found.holds:
        raise WanggeError(same_person if found.cause == "same_person" else "E8005")
