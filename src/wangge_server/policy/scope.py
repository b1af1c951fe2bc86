"""How much ground a reader may look at: a code prefix, and the steps down from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from wangge import policy
from wangge_server.emergency.queries import current_emergency, current_phase
from wangge_server.policy.gate import in_area

KINDS = {6: "district", 9: "street", 12: "community", 15: "grid"}
NOBODY = "-"  # begins no code


@dataclass(frozen=True)
class Place:
    """The area a page speaks of. `prefix` filters rows: empty for the whole, unlocated rows included."""

    code: str
    prefix: str
    top: str  # where the reader's own ground begins

    @property
    def digits(self) -> int:
        """Length of the codes one level below; a grid is its own lowest level."""
        return next((n for n in KINDS if n > len(self.code)), 15)

    @property
    def is_top(self) -> bool:
        return self.code == self.top

    @property
    def steps(self) -> list[str]:
        """The areas from the reader's own down to this one, widest first."""
        return [self.top, *(self.code[:n] for n in KINDS if len(self.top) < n <= len(self.code))]


def place(request: HttpRequest) -> Place:
    """The area the address asks for (`?in=440305001`), or the reader's own. 404 for any other."""
    emergency = current_emergency()
    whole: str = emergency.area_code if emergency else ""
    everything = request.decision.relation == "all"  # type: ignore[attr-defined]
    own = whole if everything else request.user.area_code or NOBODY  # type: ignore[union-attr]
    asked = request.GET.get("in", "") or own
    if asked != own and (not asked.isdecimal() or len(asked) not in KINDS or not asked.startswith(own)):
        raise Http404
    # Who answers for the whole also sees what nobody could put on the ground yet.
    return Place(asked, "" if asked == whole and own == whole else asked, own)


def rows_in(request: HttpRequest, field: str = "grid_code") -> dict[str, str]:
    """Filter for the rows a reader may see. Who answers for the whole also sees rows that nobody could place."""
    emergency, within = current_emergency(), in_area(request, field)
    if emergency and within == {f"{field}__startswith": emergency.area_code}:
        return {}
    return within


def may(request: HttpRequest, permission: str) -> bool:
    """May this reader, for the purpose of this session, also do that? For acts a page offers; their views ask again."""
    return policy.decide(request.user.role, request.purpose, permission, current_phase()).allowed  # type: ignore[union-attr, attr-defined]
