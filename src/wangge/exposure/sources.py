"""Who among the earlier cases infected this one: candidates ranked, for the epidemiologist who asks them.

Timing (serial interval), the same place, and whether the known window of exposure meets the days on which the candidate could
infect; and, most telling of all, memory: a case that is known to have infected others is likelier to have infected this one too.
Cases only, all of them known to the CDC; nobody else is named.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa

from wangge.base.errors import WanggeError
from wangge.frame import query

LINE = pa.schema([("person_id", pa.string()), ("onset_on", pa.date32()), ("place", pa.string()),
                  ("exposed_from", pa.date32()), ("exposed_to", pa.date32())])  # fmt: skip
RANKED = pa.schema(
    [("person_id", pa.string()), ("source_id", pa.string()), ("rank", pa.int32()), ("score", pa.float64())]
)

CANDIDATES = """
WITH pairs AS (
  SELECT i.person_id, j.person_id AS source_id, i.onset_on - j.onset_on AS days,
         CASE WHEN i.place = j.place THEN $same_place ELSE 1 END AS near,
         CASE WHEN i.exposed_from IS NULL OR i.exposed_to IS NULL THEN $unknown
              WHEN greatest(i.exposed_from, j.onset_on - $infectious_before) <= least(i.exposed_to, j.onset_on + $infectious_after)
              THEN 1 ELSE $outside END AS fits
  FROM cases i JOIN cases j ON j.onset_on < i.onset_on
), known AS (SELECT case_id, count(DISTINCT person_id) AS n FROM links GROUP BY case_id
), own AS (SELECT DISTINCT case_id, person_id FROM links
), scored AS (
  SELECT p.person_id, p.source_id,
         ($floor + exp(($shape - 1) * ln(days) - days / $scale - $constant)) * near * fits
         * CASE WHEN $with_memory THEN $memory + coalesce(k.n, 0) - (o.case_id IS NOT NULL)::INTEGER ELSE 1 END AS score
  FROM pairs p LEFT JOIN known k ON k.case_id = p.source_id
  LEFT JOIN own o ON o.case_id = p.source_id AND o.person_id = p.person_id
)
SELECT person_id, source_id, row_number() OVER (PARTITION BY person_id ORDER BY score DESC, source_id) AS rank, score
FROM scored ORDER BY person_id, rank
"""


def rank_sources(cases: pa.Table, links: pa.Table, disease: str = "mers", *, memory: bool = True) -> pa.Table:
    """Candidates for the source of every case, among cases that fell ill before it. -> RANKED

    cases: LINE, those without onset_on neither ask nor are asked; links: case_id, person_id, infections known already. What is
    known of a case's own infection never helps to rank it. Raises E9003 for a disease that sources.toml does not name.
    """
    if disease not in parameters():
        raise WanggeError("E9003", name=f"sources.toml [{disease}]")
    given = dict(parameters()[disease])
    mean, sd = given.pop("serial_mean"), given.pop("serial_sd")
    shape, scale = (mean / sd) ** 2, sd * sd / mean
    given |= {
        "shape": shape,
        "scale": scale,
        "constant": math.lgamma(shape) + shape * math.log(scale),
        "with_memory": memory,
    }
    given["floor"] = given["floor"] if memory else 0.0
    return query(CANDIDATES, given, cases=cases.select(LINE.names).cast(LINE), links=links).cast(RANKED)


@cache
def parameters() -> dict[str, Any]:
    """sources.toml as it stands."""
    return tomllib.loads(resources.files(__package__).joinpath("sources.toml").read_text("utf-8"))
