"""Reads of answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from wangge.tables.shapes import ANSWER
from wangge_server.field.models import Answer

if TYPE_CHECKING:
    from wangge_server.accounts.models import User


def answers_for(lead_ids: list[str]) -> pa.Table:
    """All answers to these leads, conflicts left out. -> ANSWER"""
    rows = Answer.objects.filter(lead_id__in=lead_ids, is_conflict=False).select_related("by")
    columns: dict[str, list[Any]] = {name: [] for name in ANSWER.schema.names}
    for row in rows:
        values = {
            "answer_id": str(row.answer_id),
            "lead_id": row.lead_id,
            "person": row.person,
            "residence": row.residence,
            "status": row.status,
            "result": row.result,
            "by": row.by.username,
            "observed_at": row.observed_at,
        }
        for name in columns:
            columns[name].append(values[name])
    return pa.table(columns, schema=ANSWER.schema)


def n_attempts(lead_ids: list[str]) -> int:
    """How often somebody stood before this door."""
    return Answer.objects.filter(lead_id__in=lead_ids).count()


def base_rows(lead_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Answers to these leads with the answer each was given in sight of, where there was one."""
    rows = Answer.objects.filter(lead_id__in=list(lead_ids), base__isnull=False).values_list("answer_id", "base")
    return [(str(answer_id), str(base)) for answer_id, base in rows]


def answerers_of(answer_ids: Sequence[str]) -> list[User]:
    """Who gave these answers."""
    return [row.by for row in Answer.objects.filter(answer_id__in=list(answer_ids)).select_related("by")]
