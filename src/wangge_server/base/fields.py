"""Every model field says how sensitive it is and when it must go. There is no default; the house tests look."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

from wangge.dictionary import Retention, Sensitivity

F = TypeVar("F", bound=models.Field)  # type: ignore[type-arg]


def kept(field: F, sensitivity: Sensitivity, retention: Retention) -> F:
    """The field, with its declaration on it: `field.sensitivity`, `field.retention`."""
    field.sensitivity = sensitivity  # type: ignore[attr-defined]
    field.retention = retention  # type: ignore[attr-defined]
    return field


def public(field: F, retention: Retention = Retention.REFERENCE) -> F:
    """Reference data that anybody may read."""
    return kept(field, Sensitivity.PUBLIC, retention)


def internal(field: F, retention: Retention = Retention.WORK) -> F:
    """Work data without a person in it."""
    return kept(field, Sensitivity.INTERNAL, retention)


def personal(field: F, retention: Retention = Retention.REGISTER) -> F:
    """Tells who or where a person is."""
    return kept(field, Sensitivity.PERSONAL, retention)


def sensitive(field: F, retention: Retention = Retention.EVENT) -> F:
    """Health, whereabouts, ID numbers. Dies with the emergency unless said otherwise."""
    return kept(field, Sensitivity.SENSITIVE, retention)
