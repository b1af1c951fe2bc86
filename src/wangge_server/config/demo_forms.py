"""The demo's union form: two departments' forms made one, published, and hung on a wall as a code."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from django.utils import timezone

from wangge.forms import from_record, harmonise
from wangge_server.accounts.queries import accounts
from wangge_server.forms.actions import publish_form, upload_form
from wangge_server.geography.queries import area_name
from wangge_server.resident.actions import open_poster

ASKED = Path(__file__).with_name("demo_forms.json")
REGISTER = "register"
COLLECT, KEEP = dt.timedelta(days=30), dt.timedelta(days=60)


def hang_a_code() -> None:
    """One form for both departments, and a code for the first community lead's area."""
    today = timezone.localdate()
    officer, lead = accounts(role="data_officer").first(), accounts(role="community_lead").first()
    if officer is None or lead is None:
        return
    made = harmonise(from_record(json.loads(ASKED.read_text("utf-8")), ASKED.name), purpose=REGISTER, phase="active")
    version = upload_form(data=made.book(form_id="community_register"), file_name="union.xlsx", for_purpose=REGISTER,
                          until=today + COLLECT, lang="zh-hans", by=officer, purpose=REGISTER)  # fmt: skip
    publish_form(version=version, by=officer, purpose=REGISTER)
    version.refresh_from_db()
    open_poster(
        version=version, place=area_name(lead.area_code), area_code=lead.area_code, basis="演示：应急指挥部〔2026〕8 号",
        closes_on=today + COLLECT, keep_until=today + KEEP, by=lead, purpose=REGISTER,
    )  # fmt: skip
