"""One person, one rule, in plain Python: what the phone, an appeal and the tests ask. The same expression as the SQL.

A rule is written once, as an Ibis expression. Here its tree is read as three-valued logic on one row: True, False, or
None where the facts do not say. Only the operations below may stand in a rule; a rule with any other is refused when
the shelf is read, so that the two readings cannot drift apart.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import ibis.expr.operations as ops

from wangge.base.shelf import ShelfError

Row = Mapping[str, Any]
Reading = Callable[[Row], Any]

_COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    ops.Equals: operator.eq,
    ops.NotEquals: operator.ne,
    ops.Less: operator.lt,
    ops.LessEqual: operator.le,
    ops.Greater: operator.gt,
    ops.GreaterEqual: operator.ge,
}


def read(op: Any) -> Reading:
    """An Ibis operation as a function of one row. Raises ShelfError for an operation a rule may not use."""
    if isinstance(op, ops.Field):
        name = op.name
        return lambda row: row.get(name)
    if isinstance(op, ops.Literal):
        value = op.value
        return lambda row: value
    if isinstance(op, ops.Not):
        inner = read(op.arg)
        return lambda row: None if (said := inner(row)) is None else not said
    if isinstance(op, ops.IsNull | ops.NotNull):
        inner, wanted = read(op.arg), isinstance(op, ops.IsNull)
        return lambda row: (inner(row) is None) is wanted
    if isinstance(op, ops.InValues):
        return _among(read(op.value), tuple(read(option) for option in op.options))
    if isinstance(op, ops.And | ops.Or):
        return _both(read(op.left), read(op.right), ends=isinstance(op, ops.Or))
    if type(op) in _COMPARE:
        return _compared(_COMPARE[type(op)], read(op.left), read(op.right))
    raise ShelfError(f"a rule may not use {type(op).__name__}")


def _among(value: Reading, options: tuple[Reading, ...]) -> Reading:
    def said(row: Row) -> bool | None:
        given = value(row)
        return None if given is None else given in [option(row) for option in options]

    return said


def _both(left: Reading, right: Reading, *, ends: bool) -> Reading:
    """And (ends=False) or Or (ends=True): `ends` is the answer that settles it whatever the other side says."""

    def said(row: Row) -> bool | None:
        sides = (left(row), right(row))
        return ends if ends in sides else None if None in sides else not ends

    return said


def _compared(test: Callable[[Any, Any], bool], left: Reading, right: Reading) -> Reading:
    def said(row: Row) -> bool | None:
        a, b = left(row), right(row)
        return None if a is None or b is None else test(a, b)

    return said


def fields_of(op: Any) -> tuple[str, ...]:
    """The facts an expression reads, in the order in which it names them."""
    return tuple(dict.fromkeys(field.name for field in _fields(op)))


def _fields(op: Any) -> list[Any]:
    if isinstance(op, ops.Field):
        return [op]
    return [field for child in op.args for one in _parts(child) for field in _fields(one)]


def _parts(child: Any) -> tuple[Any, ...]:
    return tuple(c for c in (child if isinstance(child, tuple) else (child,)) if isinstance(c, ops.Node))
