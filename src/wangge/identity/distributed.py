"""The same link on many machines: Spark reads the texts and puts people together, one machine decides on numbers.

1. Every partition turns its rows into keys (`keys_of`); rows of one address key meet, to tell their doors apart.
2. The keys, some twenty integers a row, and the names go to the driver, where `cluster` runs exactly as it does on one machine.
3. Rows are sent together by component (people who share a door, a household number or all they say), and `linked`, the
   end of `link`, puts each part together.

Deciding in one place is not thrift but exactness: who is the only holder of a name, and how much a rare name says, hang
on all rows. docs/explanation/scale.md has the figures, and what would let workers decide. Where half of the rows or more
hold no valid number, the model compares texts, and the texts go to the driver too.

Relational steps are Ibis expressions; Arrow tables pass through Spark's `mapInArrow` and `applyInArrow`. No engine is
opened here: the caller brings the session.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from wangge.identity.bytes import Array
from wangge.identity.cluster import Clusters, cluster
from wangge.identity.content import canonical_order, digests, first_places
from wangge.identity.groups import find, roots
from wangge.identity.keys import Keys, keys_of
from wangge.identity.kin import surnames
from wangge.identity.link import Linked, linked
from wangge.identity.opaque import DEMO_KEY
from wangge.identity.review import review_of
from wangge.identity.sorting import grouped, numbered
from wangge.identity.survivorship import Rules, kin_of
from wangge.tables.shapes import GOOD_ROW, REVIEW

PLACE = ("list", "batch", "row")
OTHERS = ("body", "digest", "door_key", "household", "surname")
PARTS = "part_"
NO_KEY = -1


@dataclass(frozen=True)
class Settings:
    """What link() is told beside the rows; sent to every worker."""

    as_of: dt.date
    door_lists: tuple[str, ...]
    source_order: tuple[str, ...]
    key: str
    rules: Rules | None


def link_distributed(
    session: Any,
    good: Any,
    as_of: dt.date,
    *,
    door_lists: Sequence[str] = (),
    source_order: Sequence[str] = (),
    key: str = DEMO_KEY,
    rules: Rules | None = None,
    parts: int = 8,
) -> Linked:
    """GOOD_ROW as a Spark DataFrame -> Linked, the same as link(); `parts` is how many parts the shuffles are cut into.

    `session` is a SparkSession. Rows of `links` come in no order. Decisions of people are not taken yet.
    """
    settings = Settings(as_of, tuple(door_lists), tuple(source_order), key, rules)
    con = ibis.pyspark.connect(session)
    narrow = _ordered(_told_doors(con, session, good, parts))
    found, keys = _decided(narrow, good)
    by_person = _assembled(con, session, good, narrow, found, keys, found.root, settings, parts)
    component = _components(narrow, found, by_person)
    out = _assembled(con, session, good, narrow, found, keys, component, settings, parts)
    return out._replace(review=_review(narrow, found, out.links))


# ---- 1. keys -------------------------------------------------------------------------------------------


def _part_names() -> list[str]:
    return sorted(set(keys_of(GOOD_ROW.empty()).parts) - {"door"})


def _keyed_schema() -> pa.Schema:
    place = [GOOD_ROW.schema.field(name) for name in PLACE]
    texts = [GOOD_ROW.schema.field(name) for name in ("name", "sex", "address")]
    numbers = [*OTHERS, *(PARTS + name for name in _part_names())]
    flags = [pa.field("valid", pa.bool_())]
    return pa.schema([*place, *texts, *flags, *(pa.field(name, pa.int64()) for name in numbers)])


def _keyed(good: pa.Table) -> pa.Table:
    """GOOD_ROW -> place, name, sex, address and all keys of each row but the door, which other rows have a say in."""
    keys = keys_of(good)
    named = {PARTS + name: keys.parts[name] for name in _part_names()}
    numbers = {"body": keys.body, "digest": digests(good), "door_key": keys.door_key, "household": _household(good)}
    numbers["surname"] = surnames(good)
    columns = {name: good[name] for name in (*PLACE, "name", "sex", "address")}
    return pa.table({**columns, "valid": keys.valid, **numbers, **named}).select(_keyed_schema().names)


def _household(good: pa.Table) -> Array:
    """The household number of each row within its list, as a number; NO_KEY where there is none."""
    there = good["household_number"].is_valid().to_numpy()
    said = digests(pa.table({"household_number": good["household_number"], "list": good["list"]}))
    return np.where(there, said & 0x7FFFFFFFFFFFFFFF, NO_KEY)


def _told_doors(con: Any, session: Any, good: Any, parts: int) -> pa.Table:
    """Keys of all rows, doors told apart; the narrow table that goes to the driver."""
    good.mapInArrow(_batchwise(_keyed), _ddl(_keyed_schema())).createOrReplaceTempView("keyed")
    rows = con.table("keyed")
    by = ibis.ifelse(rows.door_key >= 0, rows.door_key, rows.digest)
    doors = [pa.field("door", pa.int64()), pa.field("has_door", pa.bool_()), pa.field("twin", pa.bool_())]
    schema = pa.schema([*(field for field in _keyed_schema() if field.name != "address"), *doors])
    out: pa.Table = _grouped(con, session, rows, by, parts, _with_doors, schema).toArrow()
    return out


def _with_doors(keyed: pa.Table) -> pa.Table:
    """Rows of whole address keys -> `door`: the digest of the row that stands for it; `twin`: the key has another."""
    keyed = _ordered(keyed)
    rows = pa.table({name: keyed[name] for name in PLACE}).append_column("address", keyed["address"])
    keys = keys_of(GOOD_ROW.hand_over(_filled(rows)))
    digest, door = keyed["digest"].to_numpy(), keys.parts["door"]
    out = {"door": np.where(door >= 0, digest[np.maximum(door, 0)], 0), "has_door": door >= 0, "twin": keys.door_twin}
    for name, values in out.items():
        keyed = keyed.append_column(name, pa.array(values))
    return keyed.drop_columns(["address", "part"])


def _filled(rows: pa.Table) -> pa.Table:
    for field in GOOD_ROW.schema:
        if field.name not in rows.column_names:
            rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(GOOD_ROW.schema.names)


# ---- 2. who is one person ------------------------------------------------------------------------------


def _ordered(keyed: pa.Table) -> pa.Table:
    """In canonical order: by what rows say, copies by batch and row."""
    order = canonical_order(keyed, keyed["digest"].to_numpy())
    return keyed.take(pa.array(order)).combine_chunks()


def _decided(narrow: pa.Table, good: Any) -> tuple[Clusters, Keys]:
    """Keys of all rows -> clusters, as on one machine."""
    valid = narrow["valid"].to_numpy()
    door = _place_of(narrow["door"].to_numpy(), narrow["digest"].to_numpy())
    door = first_places(np.where(narrow["has_door"].to_numpy(), door, NO_KEY), np.arange(valid.size))
    parts = {name: narrow[PARTS + name].to_numpy() for name in _part_names()} | {"door": door}
    body = narrow["body"].to_numpy()
    if 2 * np.count_nonzero(valid) > valid.size:
        rows = _filled(narrow.select([*PLACE, "name", "sex"]))
    else:
        rows = GOOD_ROW.hand_over(good.toArrow()).combine_chunks()
        rows = rows.take(pa.array(canonical_order(rows)))
    keys = Keys(parts, body, valid, narrow["door_key"].to_numpy(), narrow["twin"].to_numpy(), rows)
    return cluster(keys), keys


def _place_of(wanted: Array, held: Array) -> Array:
    """The first place in `held` of each wanted value; of a value that is not there, the first that wants it too."""
    order = np.argsort(held, kind="stable")
    at = order[np.minimum(np.searchsorted(held[order], wanted), max(held.size - 1, 0))]
    _, first, which = np.unique(wanted, return_index=True, return_inverse=True)
    return np.where(held[at] == wanted, at, first[which])


def _components(narrow: pa.Table, found: Clusters, first: Linked) -> Array:
    """The component of each row: people of one believed door, of one household number, or that say the very same."""
    everywhere = np.arange(narrow.num_rows)
    parent = everywhere.copy()
    tie(parent, everywhere, found.root)
    at = _at(first.links, narrow)
    believed = dict(zip(("person_id", "address"), first.people.select(["person_id", "address"]).columns, strict=True))
    of = pc.index_in(first.links["person_id"], value_set=believed["person_id"].combine_chunks())
    address = believed["address"].take(of)
    tie_by(parent, _door_keys(address), at)
    # A key of several doors is told apart by all its rows, so they stay together.
    tie_by(parent, np.where(narrow["twin"].to_numpy(), narrow["door_key"].to_numpy(), NO_KEY), everywhere)
    tie_by(parent, narrow["household"].to_numpy(), everywhere)
    tie_by(parent, np.unique(narrow["digest"].to_numpy(), return_inverse=True)[1], everywhere)
    out: Array = roots(parent)
    return out


def _door_keys(address: pa.ChunkedArray) -> Array:
    n = len(address)
    rows = pa.table({"list": pa.repeat("", n), "row": np.arange(n, dtype=np.int32), "address": address})
    out: Array = keys_of(GOOD_ROW.hand_over(_filled(rows)).combine_chunks()).door_key
    return out


@njit(cache=True)
def tie(parent: Array, a: Array, b: Array) -> None:
    """a[i] and b[i] are of one component."""
    for i in range(a.size):
        x, y = find(parent, a[i]), find(parent, b[i])
        parent[max(x, y)] = min(x, y)


def tie_by(parent: Array, key: Array, at: Array) -> None:
    """Places that hold one key are of one component; keys below 0 say nothing. Star edges: each to the first."""
    key, at = key[key >= 0], at[key >= 0]
    order = np.argsort(key, kind="stable")
    key, at = key[order], at[order]
    begins = np.flatnonzero(np.r_[True, key[1:] != key[:-1]][: key.size])
    tie(parent, at, np.repeat(at[begins], np.diff(np.r_[begins, key.size])))


# ---- 3. people and households --------------------------------------------------------------------------


def _assembled(
    con: Any, session: Any, good: Any, narrow: pa.Table, found: Clusters, keys: Keys, component: Array, settings: Settings, parts: int
) -> Linked:  # fmt: skip
    """Send rows of one component to one place and put people and households together there."""
    told = _told(narrow, found, keys, component)
    session.createDataFrame(told.combine_chunks()).createOrReplaceTempView("told")
    good.createOrReplaceTempView("good")
    t, g = con.table("told"), con.table("good")
    same = [g.list == t.its_list, g.batch.identical_to(t.its_batch), g.row == t.its_row]
    rows = g.join(t, same).drop(*(f"its_{name}" for name in PLACE))
    put = partial(_put_together, settings=settings, evidence=found.evidence)
    packed = _grouped(con, session, rows, ibis._.component, parts, put, PACKED).toArrow()
    return _unpacked_all(packed)


def _told(narrow: pa.Table, found: Clusters, keys: Keys, component: Array) -> pa.Table:
    """What was decided of each row, beside its place."""
    n = narrow.num_rows
    untrusted = found.untrusted if found.untrusted.size else np.zeros(n, np.bool_)
    person, leaders = numbered(found.root)
    kin = kin_of(grouped(person, leaders.size), keys.parts["door"], narrow["surname"].to_numpy())
    return pa.table({
        **{f"its_{name}": narrow[name] for name in PLACE}, "component": component, "at": np.arange(n),
        "root": found.root, "number": found.number, "untrusted": untrusted, "how": found.how.astype(np.int64),
        "kin": kin, "door": keys.parts["door"], "twin": keys.door_twin,
    })  # fmt: skip


def _put_together(rows: pa.Table, settings: Settings, evidence: tuple[str, ...]) -> pa.Table:
    """Rows of whole components with what was decided of them -> one row that holds the tables of `linked`."""
    rows = rows.sort_by("at").combine_chunks()
    at, root, door = (rows[name].to_numpy() for name in ("at", "root", "door"))
    good = GOOD_ROW.hand_over(rows.select(GOOD_ROW.schema.names)).combine_chunks()
    keys = keys_of(good)
    local = np.where(door >= 0, _place_of(door, at), NO_KEY)
    keys = replace(keys, parts={**keys.parts, "door": local}, door_twin=rows["twin"].to_numpy())
    found = Clusters(
        np.searchsorted(at, root), rows["number"].to_numpy(), rows["how"].to_numpy(), evidence,
        untrusted=rows["untrusted"].to_numpy(),
    )  # fmt: skip
    out = linked(
        good,
        keys,
        found,
        settings.as_of,
        settings.door_lists,
        settings.source_order,
        settings.key,
        rules=settings.rules,
        kin=rows["kin"].to_numpy(),
    )
    return pa.table({name: pa.array([_packed(getattr(out, name))], pa.binary()) for name in PACKED.names})


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _unpacked_all(packed: pa.Table) -> Linked:
    tables = {name: pa.concat_tables([_unpacked(one) for one in packed[name].to_pylist()]) for name in PACKED.names}
    return Linked(**tables, review=REVIEW.empty())


def _unpacked(packed: bytes) -> pa.Table:
    return pa.ipc.open_stream(packed).read_all()


def _review(narrow: pa.Table, found: Clusters, links: pa.Table) -> pa.Table:
    """What a person must look at, from the doubts of the driver and the ids that came back."""
    ids = links["person_id"].take(pa.array(np.argsort(_at(links, narrow)))).combine_chunks()
    leaders, person = np.unique(found.root, return_inverse=True)
    return review_of(narrow.select(PLACE), found, ids.take(pa.array(leaders)), person)


def _at(links: pa.Table, narrow: pa.Table) -> Array:
    """The place in `narrow` of each link."""
    return np.asarray(pc.index_in(_named(links), value_set=_named(narrow)))


def _named(table: pa.Table) -> pa.Array:
    columns = (table["list"], pc.fill_null(table["batch"], ""), table["row"].cast(pa.string()))
    return pc.binary_join_element_wise(*columns, "\x1f").combine_chunks()


# ---- Spark -----------------------------------------------------------------------------------------------

Tables = Callable[[pa.Table], pa.Table]
TYPES = {
    pa.string(): "string", pa.int32(): "int", pa.int64(): "bigint", pa.bool_(): "boolean", pa.date32(): "date", pa.binary(): "binary",
}  # fmt: skip
PACKED = pa.schema([pa.field(name, pa.binary()) for name in ("links", "people", "households")])


def _ddl(schema: pa.Schema) -> str:
    return ", ".join(f"`{field.name}` {TYPES[field.type]}" for field in schema)


def _batchwise(function: Tables) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def each(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from function(GOOD_ROW.hand_over(pa.Table.from_batches([batch])).combine_chunks()).to_batches()

    return each


def _grouped(con: Any, session: Any, rows: Any, by: Any, parts: int, function: Tables, schema: pa.Schema) -> Any:
    """Rows of one value of `by` meet in one part; `function` is asked of each part. -> Spark DataFrame"""
    cut = rows.mutate(part=(by % parts).abs().cast("int32"))
    frame = session.sql(ibis.to_sql(cut, dialect="pyspark"))
    return frame.groupBy("part").applyInArrow(function, _ddl(schema))
