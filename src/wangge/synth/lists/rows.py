"""What a department wrote down about people: the truth, less what it never knew, plus what it got wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.synth.addresses import AddressBook
from wangge.synth.data import Array, Bools, Days, Ints
from wangge.synth.names import mistake, written
from wangge.synth.people import CHILD, HEAD, PARENT, SPOUSE, People
from wangge.synth.text import Text, blank, dates, digits, from_bytes, join, parts_of, put, take

UNREADABLE = ["不详", "待核实", "1900-00-00", "19751332", "七五年", "2月30日"]
OLD_NUMBERS_END = np.datetime64("1966-01-01")
INCOMPLETE = 0.008  # addresses without unit and room
UNKNOWN, MALE, FEMALE = 0, 1, 2
Mix = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """Columns about `who`, in their order; nulls are what the list lacks."""

    who: Ints
    name: Text
    id_number: Text
    phone: Text
    sex: Ints  # 0 unknown, 1 male, 2 female
    birth: Days
    birth_missing: Bools
    birth_unreadable: Ints  # -1, or the text in UNREADABLE

    def birth_text(self, style: str) -> Text:
        """Birthdays in a style of text.DATE_STYLES, with the planted gaps and nonsense."""
        out = put(dates(self.birth, style), self.birth_unreadable >= 0, self._nonsense())
        return blank(out, self.birth_missing)

    def sex_text(self, words: list[str]) -> Text:
        """`words` for unknown, male, female."""
        return blank(take(words, self.sex), self.sex == UNKNOWN)

    def _nonsense(self) -> Text:
        return take(UNREADABLE, self.birth_unreadable[self.birth_unreadable >= 0])


def with_duplicates(rng: np.random.Generator, who: Ints, share: float) -> Ints:
    """Some people twice, each time at a place of its own."""
    again = who[rng.random(who.size) < share]
    return np.insert(who, rng.integers(0, who.size + 1, again.size), again)


def observe(rng: np.random.Generator, people: People, who: Ints, mix: Mix) -> Seen:
    """What a list with this mix of errors says about `who`; a rate that the mix lacks is zero."""

    def hit(rate: str) -> Bools:
        return np.asarray(rng.random(who.size) < mix.get(rate, 0.0))

    name = mistake(rng, (people.name[0][who], people.name[1][who], people.name[2][who]), hit("name_mistaken"))
    birth = people.birth[who]
    nonsense = np.where(hit("birth_unreadable"), rng.integers(0, len(UNREADABLE), who.size), -1)
    return Seen(
        who=who,
        name=blank(written(name, hit("name_spaced")), hit("name_missing")),
        id_number=_ids(rng, people.id_number[who], birth, hit, mix),
        phone=_phones(rng, people, who, hit),
        sex=np.where(hit("sex_missing"), UNKNOWN, people.sex[who] + 1),
        birth=np.where(hit("birth_swapped"), _swapped(birth), birth),
        birth_missing=hit("birth_missing"),
        birth_unreadable=nonsense,
    )


def _swapped(birth: Days) -> Days:
    """Day and month exchanged where that is still a date."""
    year, month, day = parts_of(birth)
    can = day <= 12
    months = (year - 1970) * 12 + np.where(can, day, month) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(first + (np.where(can, month, day) - 1).astype("timedelta64[D]"))


def _ids(rng: np.random.Generator, letters: Array, birth: Days, hit: Any, mix: Mix) -> Text:
    """Numbers with a wrong digit, two digits swapped, the old form of 15 places, a small x, or none."""
    letters = letters.copy()
    wrong = np.flatnonzero(hit("id_wrong_digit"))
    place = rng.integers(0, 17, wrong.size)
    swap = (rng.random(wrong.size) < 0.2) & (place < 16) & (letters[wrong, place] != letters[wrong, (place + 1) % 17])
    at, here = wrong[swap], place[swap]
    letters[at, here], letters[at, here + 1] = letters[at, here + 1], letters[at, here].copy()
    at, here = wrong[~swap], place[~swap]
    letters[at, here] = (letters[at, here] - 48 + rng.integers(1, 10, at.size)) % 10 + 48
    small = hit("id_lower_x") & (letters[:, 17] == ord("X"))
    letters[small, 17] = ord("x")
    out = from_bytes(letters)
    old = (rng.random(birth.size) < mix.get("id_15_digits", 0.0)) & (birth < OLD_NUMBERS_END)
    short = [*range(6), *range(8, 17)]
    return blank(put(out, old, from_bytes(letters[old][:, short])), hit("id_missing"))


def _phones(rng: np.random.Generator, people: People, who: Ints, hit: Any) -> Text:
    """Numbers, some given up long ago, some with a country code or in groups."""
    number = digits(np.where(hit("phone_old"), people.old_phone[who], people.phone[who]), 11)
    style = rng.choice(3, who.size, p=[0.94, 0.03, 0.03])
    number = put(number, style == 1, join("+86 ", number.filter(pa.array(style == 1))))
    grouped = number.filter(pa.array(style == 2))
    parts = [pc.utf8_slice_codeunits(grouped, a, b) for a, b in ((0, 3), (3, 7), (7, 11))]
    number = put(number, style == 2, join(parts[0], "-", parts[1], "-", parts[2]))
    return blank(number, hit("phone_missing"))


def addresses(rng: np.random.Generator, book: AddressBook, who: Ints, mix: Mix) -> tuple[Text, Bools]:
    """Where the list says they live, and which rows give the home they have left."""
    world = book.world
    household = world.people.household[who]
    old = rng.random(who.size) < mix["address_old"]
    dwelling = np.where(old, world.old_home[household], world.home[household])
    text = book.write(rng, dwelling, mix["address_styles"])
    partial = (rng.random(who.size) < INCOMPLETE) & (dwelling >= 0)
    text = put(text, partial, book.building_only(dwelling[partial]))
    return blank(text, rng.random(who.size) < mix["address_missing"]), old


def relations(people: People, who: Ints, words: Mapping[str, tuple[str, str]]) -> Text:
    """Relation to the head in a department's words: {role: (for men, for women)}."""
    roles = {HEAD: "head", SPOUSE: "spouse", CHILD: "child", PARENT: "parent"}
    table = [word for role in range(5) for word in words[roles.get(role, "mate")]]
    return take(table, people.role[who] * 2 + people.sex[who])
