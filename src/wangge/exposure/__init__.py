"""exposure: visits, trips, contact lists and risk areas -> who was exposed to a case, by a dated protocol."""

from wangge.exposure.cells import CELL, cell_visits
from wangge.exposure.columns import NAMES, fit, read_columns, visits_as_told
from wangge.exposure.index import Index, append, build
from wangge.exposure.meet import people_met, together
from wangge.exposure.protocol import (
    SignedProtocol,
    label,
    parse_protocol,
    protocol_for,
    protocol_texts,
    protocols,
    read_protocol,
)
from wangge.exposure.reference import together_in_sql
from wangge.exposure.times import BEIJING, told, visits_told
from wangge.exposure.trace import Accounted, Traced, trace, trace_with_account
from wangge.exposure.travel import TICKET, co_travellers
from wangge.exposure.trips import trips
from wangge.exposure.versions import in_force, must_join, versions_of

__all__ = [
    "BEIJING",
    "CELL",
    "NAMES",
    "TICKET",
    "Accounted",
    "Index",
    "SignedProtocol",
    "Traced",
    "append",
    "build",
    "cell_visits",
    "co_travellers",
    "fit",
    "in_force",
    "label",
    "must_join",
    "parse_protocol",
    "people_met",
    "protocol_for",
    "protocol_texts",
    "protocols",
    "read_columns",
    "read_protocol",
    "together",
    "together_in_sql",
    "told",
    "trace",
    "trace_with_account",
    "trips",
    "versions_of",
    "visits_as_told",
    "visits_told",
]
