"""Reads about accounts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from wangge_server.accounts.models import SigningKey, User

NOBODY = ("system", "resident")  # accounts of no person: they can never sign in


def ids_by_username(names: set[str]) -> dict[str, int]:
    """Account ids of these user names, as far as they exist."""
    return dict(User.objects.filter(username__in=names).values_list("username", "id"))


def active_workers(names: Iterable[str]) -> dict[str, User]:
    """Grid workers of these user names who can sign in. -> {user name: account}"""
    found = User.objects.filter(username__in=set(names), role="grid_worker", is_active=True).defer("password")
    return {user.username: user for user in found}


def accounts(*, role: str = "") -> QuerySet[User]:
    """Accounts without their passwords, by role and name; those of no person are left out."""
    rows = User.objects.exclude(role__in=NOBODY).defer("password")
    return (rows.filter(role=role) if role else rows).order_by("role", "username")


def n_by_role() -> dict[str, dict[str, int]]:
    """Accounts by role, and how many of them may sign in. -> {role: {n, active}}"""
    rows = (
        User.objects.exclude(role__in=NOBODY)
        .values("role")
        .annotate(n=Count("pk"), active=Count("pk", filter=Q(is_active=True)))
    )
    return {row["role"]: {"n": row["n"], "active": row["active"]} for row in rows.order_by("role")}


def signing_key(user: User) -> SigningKey | None:
    """The key this person signs with now, or None."""
    return SigningKey.objects.filter(user=user, revoked_at=None).first()


def had_signing_key(user: User) -> bool:
    """Was there ever one? Where there is none in force, it was revoked."""
    return SigningKey.objects.filter(user=user).exists()


def units_of(roles: Iterable[str]) -> list[str]:
    """Units with an active account of one of these roles."""
    rows = User.objects.filter(role__in=list(roles), is_active=True).exclude(unit_code="")
    return sorted(set(rows.values_list("unit_code", flat=True)))
