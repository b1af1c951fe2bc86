"""exposure: visits, trips, contact lists and risk areas -> who was exposed to a case, by a dated protocol."""

from wangge.exposure.columns import fit, read_columns
from wangge.exposure.protocol import SignedProtocol, label, protocol_for, protocols, read_protocol
from wangge.exposure.reference import together_in_sql
from wangge.exposure.trace import Accounted, Traced, trace, trace_with_account
from wangge.exposure.trips import trips

__all__ = [
    "Accounted",
    "SignedProtocol",
    "Traced",
    "fit",
    "label",
    "protocol_for",
    "protocols",
    "read_columns",
    "read_protocol",
    "together_in_sql",
    "trace",
    "trace_with_account",
    "trips",
]
