"""Columns that lie sealed in the database: no dump, backup, log of the database or file of its shows what they say.

A sealed column can be read and written, and asked whether it is empty; it cannot be searched, sorted or compared, and
saying so is an error of whoever writes such a query. The vault room puts its keys here when Django starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
from django.core.exceptions import FieldError
from django.db import models

from wangge import vault
from wangge.dictionary import Retention

# vault/apps.py sets both: base knows no room.
key_for: Callable[[Retention], vault.DataKey] | None = None
ring: Callable[[], vault.Keyring] | None = None


class SealedBytes(models.BinaryField):  # type: ignore[type-arg]
    """Bytes, sealed under the key of the emergency or of the register, as the field's retention says."""

    retention: Retention

    def place(self) -> str:
        """Where a value stands: it opens nowhere else."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """What the database is given."""
        if value is None:
            return None
        if key_for is None:
            raise RuntimeError("the vault room is not installed")
        return connection.Database.Binary(vault.seal(key_for(self.retention), self.to_bytes(value), self.place()))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        """What the program sees. E8602 where the key is destroyed."""
        if value is None:
            return None
        if ring is None:
            raise RuntimeError("the vault room is not installed")
        return self.from_bytes(vault.unseal(ring(), bytes(value), self.place()))

    def get_lookup(self, lookup_name: str) -> Any:
        """Only "is it empty?" can be asked of what nobody can read."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: it cannot be compared")
        return super().get_lookup(lookup_name)

    def to_bytes(self, value: Any) -> bytes:
        """The value as bytes."""
        return bytes(value)

    def from_bytes(self, data: bytes) -> Any:
        """The value back."""
        return data


class SealedText(SealedBytes):
    """Text, sealed."""

    empty_values = (None, "")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.validators = []

    def to_python(self, value: Any) -> Any:
        """Text stays text."""
        return value

    def get_default(self) -> Any:
        """Empty text where nothing is said, as with any text column."""
        return super().get_default() or ("" if not self.null else None)

    def to_bytes(self, value: Any) -> bytes:
        """UTF-8."""
        return str(value).encode()

    def from_bytes(self, data: bytes) -> str:
        """UTF-8."""
        return data.decode()


def opened(values: pa.ChunkedArray, place: str) -> pa.Array:
    """Sealed values of one column, as hexadecimal text from a query of one's own, back as text; nulls stay."""
    if ring is None:
        raise RuntimeError("the vault room is not installed")
    keys = ring()
    return pa.array(
        [None if one is None else vault.unseal(keys, bytes.fromhex(one), place).decode() for one in values.to_pylist()],
        pa.string(),
    )
