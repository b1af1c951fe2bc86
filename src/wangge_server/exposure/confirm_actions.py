"""What the CDC says of contacts. The machine proposes; nothing rises, falls or goes without a person and a reason."""

from __future__ import annotations

from typing import Any

from wangge.base.errors import WanggeError
from wangge_server.base.actions import action, note
from wangge_server.emergency.queries import must_be_in_force
from wangge_server.exposure.models import Case, Confirmation
from wangge_server.exposure.queries import DECIDABLE, contacts_of_case


@action("exposure.confirm")
def confirm_contact(
    *, case: Case, person_id: str, category: str, reason: str, area: dict[str, str], by: Any, purpose: str
) -> Confirmation:
    """Confirm or change what one contact of one case is. E5120 without a category or a reason, E5121 for no contact, E5105."""
    must_be_in_force(case.emergency_id)
    proposed = (
        contacts_of_case(case.person_id, area).filter(emergency_id=case.emergency_id, person_id=person_id).first()
    )
    if proposed is None:
        raise WanggeError("E5121")
    reason = " ".join(reason.split())
    if category not in DECIDABLE or not reason:
        raise WanggeError("E5120")
    made = Confirmation.objects.create(
        emergency_id=case.emergency_id, source_id=case.person_id, person_id=person_id, proposed=proposed.category,
        category=category, reason=reason[:200], by=by,
    )  # fmt: skip
    note(about=person_id, before=proposed.category, after=category)
    return made
