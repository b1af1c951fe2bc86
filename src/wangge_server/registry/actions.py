"""Writes about people and households."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from wangge.frame import query
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert
from wangge_server.registry.models import Household, Link, Person


@action("run.carry")
def load_register(
    *, people: pa.Table, households: pa.Table, located: pa.Table, links: pa.Table, by: Any, purpose: str
) -> dict[str, int]:
    """Bring the register up to date: households with their doors, people, and which row said so."""
    doors = query(
        """SELECT household_id, h.address, n_people, head_person_id, dwelling_id, grid_code, coalesce(how, 'none') AS how, reason
           FROM households h LEFT JOIN located USING (household_id)""",
        households=households,
        located=located,
    )
    rows = query(
        "SELECT batch || ':' || row AS link_id, list AS list_name, batch, row, person_id, evidence FROM links",
        links=links,
    )
    loaded = {
        "households": upsert(Household, doors),
        "people": upsert(Person, people),
        "links": upsert(Link, rows),
    }
    note(**loaded)  # type: ignore[arg-type]
    return loaded
