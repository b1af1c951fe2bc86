"""Every table of the way, in the order of the way."""

from __future__ import annotations

import pyarrow as pa

from wangge.dictionary import Retention as R
from wangge.dictionary import Sensitivity as S
from wangge.tables.spec import Column as C
from wangge.tables.spec import Table

ADDRESS_PARTS = ("region", "locality", "street", "house_number", "building", "unit", "room", "postcode")
TEXT, INT, DAY, INSTANT = pa.string(), pa.int32(), pa.date32(), pa.timestamp("s", tz="UTC")
FLAG, REAL, TEXTS = pa.bool_(), pa.float64(), pa.list_(pa.string())

RAW_ROW = Table(
    "raw_row",
    "A row of a department's file in our words, every value still text.",
    "intake",
    (
        C("list", TEXT, S.INTERNAL, R.BATCH, "name of the list in the mapping"),
        C("batch", TEXT, S.INTERNAL, R.BATCH, "which file of that list; empty where a list is one file", may_lack=True),
        C("file", TEXT, S.INTERNAL, R.BATCH, "file name without its folder"),
        C("sheet", TEXT, S.INTERNAL, R.BATCH, "sheet of the workbook, empty for CSV"),
        C("row", INT, S.INTERNAL, R.BATCH, "1 for the first data row below the header"),
        C("line", INT, S.INTERNAL, R.BATCH, "row as the spreadsheet shows it, from 1"),
        C("date_style", TEXT, S.INTERNAL, R.BATCH, "how the list writes dates: ymd, dmy, mdy or serial"),
        C(
            "id_from_number",
            FLAG,
            S.INTERNAL,
            R.BATCH,
            "the ID number stood in a number cell, which keeps 15 digits",
            may_lack=True,
        ),
    ),
    open_to_elements=True,
)
GOOD_ROW = Table(
    "good_row",
    "A checked row: cleaned text, typed dates, nothing guessed.",
    "quality",
    (
        C("list", TEXT, S.INTERNAL, R.REGISTER),
        C(
            "batch",
            TEXT,
            S.INTERNAL,
            R.REGISTER,
            "which file of that list; list, batch and row name a row",
            may_lack=True,
        ),
        C("row", INT, S.INTERNAL, R.REGISTER),
        C("name", TEXT, S.PERSONAL, R.REGISTER, "NFKC; joined from surname and given name where a list has only those"),
        C("surname", TEXT, S.PERSONAL, R.REGISTER, "where a list keeps it apart", may_lack=True),
        C("given_name", TEXT, S.PERSONAL, R.REGISTER, "where a list keeps it apart", may_lack=True),
        C("id_number", TEXT, S.SENSITIVE, R.REGISTER, "upper case, no blanks; 15 or 18 places, or another document"),
        C(
            "id_doubtful",
            TEXT,
            S.SENSITIVE,
            R.REGISTER,
            "a number that is not trusted, as written: it joins nobody, it may only propose a match to a person",
            may_lack=True,
        ),
        C("id_type", TEXT, S.PERSONAL, R.REGISTER, "kind of document as written", may_lack=True),
        C("birth_date", DAY, S.PERSONAL, R.REGISTER),
        C("sex", TEXT, S.PERSONAL, R.REGISTER, "1 male, 2 female, 0 unknown (GB/T 2261.1)"),
        C("phone", TEXT, S.PERSONAL, R.REGISTER, "digits only"),
        C("email", TEXT, S.PERSONAL, R.REGISTER, "lower case", may_lack=True),
        C(
            "address",
            TEXT,
            S.PERSONAL,
            R.REGISTER,
            "NFKC, as written otherwise; joined from its parts where a list has only those",
        ),
        *(
            C(part, TEXT, S.PERSONAL, R.REGISTER, "part of the address, where a list writes it in parts", may_lack=True)
            for part in ADDRESS_PARTS
        ),
        C("household_number", TEXT, S.PERSONAL, R.REGISTER, "the list's own household number"),
        C("relation_to_head", TEXT, S.PERSONAL, R.REGISTER),
        C("residence_kind", TEXT, S.PERSONAL, R.REGISTER, "permanent, boarding, floating", may_lack=True),
        C("household_kind", TEXT, S.PERSONAL, R.REGISTER, "family, collective, dormitory, care_home", may_lack=True),
        C("account", TEXT, S.PERSONAL, R.EVENT, "account of a check-in system"),
        C("collected_on", DAY, S.INTERNAL, R.REGISTER),
        C("trip_vehicle", TEXT, S.SENSITIVE, R.EVENT),
        C("trip_on", DAY, S.SENSITIVE, R.EVENT),
        C("trip_carriage", TEXT, S.SENSITIVE, R.EVENT),
        C("trip_seat", TEXT, S.SENSITIVE, R.EVENT),
        C("case_kind", TEXT, S.SENSITIVE, R.EVENT),
        C("case_onset_on", DAY, S.SENSITIVE, R.EVENT),
        C("case_sampled_on", DAY, S.SENSITIVE, R.EVENT),
        C("case_isolated_on", DAY, S.SENSITIVE, R.EVENT),
    ),
)
# Where in a department's file something was found.
CELL_OF_A_FILE = (
    C("list", TEXT, S.INTERNAL, R.BATCH),
    C("batch", TEXT, S.INTERNAL, R.BATCH, may_lack=True),
    C("file", TEXT, S.INTERNAL, R.BATCH),
    C("sheet", TEXT, S.INTERNAL, R.BATCH),
    C("row", INT, S.INTERNAL, R.BATCH),
    C("line", INT, S.INTERNAL, R.BATCH, "row as the spreadsheet shows it"),
    C("element", TEXT, S.INTERNAL, R.BATCH, "data element of the cell; null for the whole row"),
)
HELD_ROW = Table(
    "held_row",
    "A row kept aside with a numbered reason; it names the place, never the value.",
    "quality",
    (
        *CELL_OF_A_FILE,
        C("code", TEXT, S.INTERNAL, R.BATCH, "number in the table of errors"),
    ),
)
FAULT = Table(
    "fault",
    "A value set aside while its row went on without it: a person must look. It names the place, never the value.",
    "quality",
    (
        *CELL_OF_A_FILE,
        C("code", TEXT, S.INTERNAL, R.BATCH, "number in the table of errors"),
    ),
)
CHANGE = Table(
    "change",
    "A cell whose cleaned value is not what was written: no change is silent.",
    "quality",
    (
        *CELL_OF_A_FILE,
        C("rule", TEXT, S.INTERNAL, R.BATCH, "what was done: width, blanks, date, word, digits, parts, …"),
        C("before", TEXT, S.SENSITIVE, R.BATCH),
        C("after", TEXT, S.SENSITIVE, R.BATCH, "null: the value was set aside"),
    ),
)
LINK = Table(
    "link",
    "Which person a row of a list belongs to, and on what evidence.",
    "identity",
    (
        C("list", TEXT, S.INTERNAL, R.REGISTER),
        C("batch", TEXT, S.INTERNAL, R.REGISTER, may_lack=True),
        C("row", INT, S.INTERNAL, R.REGISTER),
        C("person_id", TEXT, S.PERSONAL, R.REGISTER),
        C(
            "evidence",
            TEXT,
            S.INTERNAL,
            R.REGISTER,
            "keys that joined the row: id, near_id, name+phone+birth, …, alone",
        ),
    ),
)
PERSON = Table(
    "person",
    "One person, one record.",
    "identity",
    (
        C("person_id", TEXT, S.PERSONAL, R.REGISTER, "opaque and stable"),
        C("household_id", TEXT, S.PERSONAL, R.REGISTER),
        C("name", TEXT, S.PERSONAL, R.REGISTER),
        C("id_number", TEXT, S.SENSITIVE, R.REGISTER),
        C("birth_date", DAY, S.PERSONAL, R.REGISTER),
        C("sex", TEXT, S.PERSONAL, R.REGISTER),
        C("phone", TEXT, S.PERSONAL, R.REGISTER),
        C("address", TEXT, S.PERSONAL, R.REGISTER),
        C("relation_to_head", TEXT, S.PERSONAL, R.REGISTER),
        C("n_rows", INT, S.INTERNAL, R.REGISTER, "rows that say so"),
        C("lists", TEXTS, S.INTERNAL, R.REGISTER, "lists that hold the person, sorted"),
        C("confirmed_on", DAY, S.INTERNAL, R.REGISTER, "newest day on which a list asked at the door"),
    ),
)
HOUSEHOLD = Table(
    "household",
    "People who live behind one door as one household.",
    "identity",
    (
        C("household_id", TEXT, S.PERSONAL, R.REGISTER),
        C("address", TEXT, S.PERSONAL, R.REGISTER),
        C("n_people", INT, S.INTERNAL, R.REGISTER),
        C("head_person_id", TEXT, S.PERSONAL, R.REGISTER),
        C(
            "kind",
            TEXT,
            S.PERSONAL,
            R.REGISTER,
            "family, collective, dormitory, care_home; null: no list says",
            may_lack=True,
        ),
    ),
)
RESIDENCE = Table(
    "residence",
    "How a person lives where they live, as the lists say; people of whom no list says it have no row.",
    "identity",
    (
        C("person_id", TEXT, S.PERSONAL, R.REGISTER),
        C("kind", TEXT, S.PERSONAL, R.REGISTER, "permanent, boarding, floating"),
        C("said_on", DAY, S.INTERNAL, R.REGISTER, "day on which the list was told; null where it does not say"),
    ),
)
REVIEW = Table(
    "review",
    "Rows that one key would join but evidence forbids: a person must look.",
    "identity",
    (
        C("group_id", TEXT, S.INTERNAL, R.REGISTER),
        C("list", TEXT, S.INTERNAL, R.REGISTER),
        C("batch", TEXT, S.INTERNAL, R.REGISTER, may_lack=True),
        C("row", INT, S.INTERNAL, R.REGISTER),
        C("person_id", TEXT, S.PERSONAL, R.REGISTER),
        C("reason", TEXT, S.INTERNAL, R.REGISTER, "key that is ambiguous, or two_valid_numbers"),
    ),
)
MERGE = Table(
    "merge",
    "A person id that is no longer what it was. No id changes without a row here.",
    "identity",
    (
        C("old_person_id", TEXT, S.PERSONAL, R.REGISTER),
        C("new_person_id", TEXT, S.PERSONAL, R.REGISTER),
        C("kind", TEXT, S.INTERNAL, R.REGISTER, "merge: old is new now; split: part of old is new now"),
        C("evidence", TEXT, S.INTERNAL, R.REGISTER, "what joined them, or what parted them"),
    ),
)
FACT = Table(
    "fact",
    "One value that one row of one list says of one person, and whether it is the one believed.",
    "identity",
    (
        C("person_id", TEXT, S.PERSONAL, R.REGISTER),
        C("element", TEXT, S.INTERNAL, R.REGISTER),
        C("value", TEXT, S.SENSITIVE, R.REGISTER),
        C("list", TEXT, S.INTERNAL, R.REGISTER),
        C("batch", TEXT, S.INTERNAL, R.REGISTER, may_lack=True),
        C("row", INT, S.INTERNAL, R.REGISTER),
        C("collected_on", DAY, S.INTERNAL, R.REGISTER, "null where the list does not say"),
        C("believed", FLAG, S.INTERNAL, R.REGISTER),
        C("why", TEXT, S.INTERNAL, R.REGISTER, "rule of survivorship that chose it: confirmed, freshest, source, …"),
    ),
)
DECISION = Table(
    "decision",
    "What a person settled about two rows: one and the same, or two different people. It binds every later run.",
    "identity",
    (
        C("list_a", TEXT, S.INTERNAL, R.REGISTER),
        C("batch_a", TEXT, S.INTERNAL, R.REGISTER),
        C("row_a", INT, S.INTERNAL, R.REGISTER),
        C("list_b", TEXT, S.INTERNAL, R.REGISTER),
        C("batch_b", TEXT, S.INTERNAL, R.REGISTER),
        C("row_b", INT, S.INTERNAL, R.REGISTER),
        C("verdict", TEXT, S.INTERNAL, R.REGISTER, "same or different"),
    ),
)
AREA = Table(
    "area",
    "A dated piece of ground: district, street, community or grid.",
    "geography",
    (
        C("code", TEXT, S.PUBLIC, R.REFERENCE, "6, 9, 12 or 15 digits"),
        C("kind", TEXT, S.PUBLIC, R.REFERENCE, "district, street, community, grid"),
        C("name", TEXT, S.PUBLIC, R.REFERENCE),
        C("parent_code", TEXT, S.PUBLIC, R.REFERENCE),
        C("valid_from", DAY, S.PUBLIC, R.REFERENCE),
        C("valid_to", DAY, S.PUBLIC, R.REFERENCE, "null while in force"),
        C("crs", TEXT, S.PUBLIC, R.REFERENCE, "WGS84, CGCS2000, GCJ02 or BD09"),
        C("polygon", pa.binary(), S.PUBLIC, R.REFERENCE, "WKB; null where the shape is unknown"),
    ),
)
DWELLING = Table(
    "dwelling",
    "A dwelling unit of the frame: the denominator of coverage.",
    "geography",
    (
        C("dwelling_id", TEXT, S.INTERNAL, R.REGISTER),
        C("grid_code", TEXT, S.INTERNAL, R.REGISTER, "15 digits"),
        C("compound", TEXT, S.INTERNAL, R.REGISTER, "小区 or road and house number"),
        C("building", TEXT, S.INTERNAL, R.REGISTER, "number of the building in the compound"),
        C("unit", TEXT, S.INTERNAL, R.REGISTER, "单元, empty if none"),
        C("room", TEXT, S.INTERNAL, R.REGISTER),
        C("kind", TEXT, S.INTERNAL, R.REGISTER, "home, dormitory, non_residential"),
        C("lon", REAL, S.INTERNAL, R.REGISTER),
        C("lat", REAL, S.INTERNAL, R.REGISTER),
        C("crs", TEXT, S.INTERNAL, R.REGISTER),
        C("framed_on", DAY, S.INTERNAL, R.REGISTER, "day the frame was last checked"),
    ),
)
LOCATED = Table(
    "located",
    "Where a household's address stands, or why nobody can say.",
    "geography",
    (
        C("household_id", TEXT, S.PERSONAL, R.REGISTER),
        C("dwelling_id", TEXT, S.PERSONAL, R.REGISTER, "null when unknown"),
        C("grid_code", TEXT, S.PERSONAL, R.REGISTER, "may be known where the dwelling is not; null when unknown"),
        C("how", TEXT, S.INTERNAL, R.REGISTER, "full, building, compound, none"),
        C("reason", TEXT, S.INTERNAL, R.REGISTER, "why it is unknown: no_address, no_such_compound, ambiguous, …"),
    ),
)
ZONE = Table(
    "zone",
    "A dated area of risk from a public notice.",
    "geography",
    (
        C("zone_id", TEXT, S.PUBLIC, R.EVENT),
        C("level", TEXT, S.PUBLIC, R.EVENT, "high, middle, low"),
        C("street_code9", TEXT, S.PUBLIC, R.EVENT),
        C("community_code12", TEXT, S.PUBLIC, R.EVENT, "empty where the text does not say"),
        C("how", TEXT, S.PUBLIC, R.EVENT, "how it was found"),
        C("reason", TEXT, S.PUBLIC, R.EVENT, "why it is unknown"),
        C("opened_at", INSTANT, S.PUBLIC, R.EVENT),
        C("closed_at", INSTANT, S.PUBLIC, R.EVENT, "null while open"),
    ),
)
VISIT = Table(
    "visit",
    "Somebody was somewhere for a while.",
    "exposure",
    (
        C("person_id", TEXT, S.SENSITIVE, R.EVENT, "a person, or an account that linking resolves"),
        C("place_id", TEXT, S.SENSITIVE, R.EVENT),
        C("place_kind", TEXT, S.SENSITIVE, R.EVENT, "household, workplace, venue, meal, transport, classroom, care"),
        C("start_at", INSTANT, S.SENSITIVE, R.EVENT),
        C("end_at", INSTANT, S.SENSITIVE, R.EVENT, "null: nobody knows; the protocol says how long it may have been"),
        C(
            "start_by",
            INSTANT,
            S.SENSITIVE,
            R.EVENT,
            "latest start that is possible, where only a day or half a day is told; null: start_at is exact",
            may_lack=True,
        ),
        C("end_from", INSTANT, S.SENSITIVE, R.EVENT, "earliest end that is possible; null: exact", may_lack=True),
        C("city", TEXT, S.SENSITIVE, R.EVENT, "where the place stands, to tell contradictions", may_lack=True),
    ),
)
CASE = Table(
    "case",
    "A case as the CDC reports it.",
    "exposure",
    (
        C("person_id", TEXT, S.SENSITIVE, R.EVENT),
        C("kind", TEXT, S.SENSITIVE, R.EVENT, "confirmed, asymptomatic, suspected"),
        C("onset_on", DAY, S.SENSITIVE, R.EVENT),
        C("sampled_on", DAY, S.SENSITIVE, R.EVENT),
        C("isolated_on", DAY, S.SENSITIVE, R.EVENT),
    ),
)
EXPOSURE = Table(
    "exposure",
    "Who shared a place and a time with a case. The machine proposes; the CDC confirms.",
    "exposure",
    (
        C("person_id", TEXT, S.SENSITIVE, R.EVENT),
        C(
            "case_id",
            TEXT,
            S.SENSITIVE,
            R.EVENT,
            "person_id of the case; of the first contact for degree 2; zone_id for a zone",
        ),
        C("place_id", TEXT, S.SENSITIVE, R.EVENT),
        C("place_kind", TEXT, S.SENSITIVE, R.EVENT),
        C("first_at", INSTANT, S.SENSITIVE, R.EVENT),
        C("last_at", INSTANT, S.SENSITIVE, R.EVENT),
        C("overlap_minutes", INT, S.SENSITIVE, R.EVENT, "null when only days are known"),
        C("degree", INT, S.SENSITIVE, R.EVENT, "0 the case itself, 1, 2"),
        C("category", TEXT, S.SENSITIVE, R.EVENT, "case, close, secondary, general, companion, zone"),
        C("protocol", TEXT, S.INTERNAL, R.EVENT, "name and version"),
        C(
            "evidence",
            TEXT,
            S.INTERNAL,
            R.EVENT,
            "sentence in codes: overlap:venue:95min, contact_list:family, zone:high",
        ),
    ),
)
GRADE = Table(
    "grade",
    "Red, yellow or blue with its evidence and its end. No evidence, no row.",
    "risk",
    (
        C("person_id", TEXT, S.SENSITIVE, R.EVENT),
        C("grade", TEXT, S.SENSITIVE, R.EVENT, "red, yellow, blue"),
        C("rules", TEXTS, S.INTERNAL, R.EVENT, "rules that held, strongest first"),
        C(
            "facts",
            TEXTS,
            S.SENSITIVE,
            R.EVENT,
            "what each of the rules read, in their order: category=close degree=1 …",
        ),
        C("evidence", TEXT, S.SENSITIVE, R.EVENT, "the exposure that weighs most"),
        C("protocol", TEXT, S.INTERNAL, R.EVENT),
        C("as_of", DAY, S.INTERNAL, R.EVENT),
        C("expires_on", DAY, S.INTERNAL, R.EVENT, "the last day on which the grade's own evidence counts"),
        C(
            "next_on",
            DAY,
            S.INTERNAL,
            R.EVENT,
            "the last day on which all of its evidence counts: asked again after it",
        ),
    ),
)
UNDECIDED = Table(
    "undecided",
    "An exposure of which a rule cannot say whether it holds: an unknown is not a no, somebody finds out.",
    "risk",
    (
        C("person_id", TEXT, S.SENSITIVE, R.EVENT),
        C("rule", TEXT, S.INTERNAL, R.EVENT),
        C("missing", TEXTS, S.INTERNAL, R.EVENT, "the facts that are not known"),
        C("case_id", TEXT, S.SENSITIVE, R.EVENT),
        C("evidence", TEXT, S.SENSITIVE, R.EVENT),
    ),
)
ATTRIBUTE = Table(
    "attribute",
    "What people share that is no epidemiology: read by the guard against abuse of grades, by no rule.",
    "risk",
    (
        C("person_id", TEXT, S.SENSITIVE, R.EVENT),
        C("attribute", TEXT, S.INTERNAL, R.EVENT, "employer, bank, registered_area, list, …"),
        C("value", TEXT, S.PERSONAL, R.EVENT),
    ),
)
WORKER = Table(
    "worker",
    "Who holds which grid. One row a grid and worker.",
    "dispatch",
    (
        C("worker_id", TEXT, S.INTERNAL, R.WORK),
        C("unit_code", TEXT, S.INTERNAL, R.WORK, "code of the community that employs the worker"),
        C("grid_code", TEXT, S.INTERNAL, R.WORK),
        C("minutes_a_day", INT, S.INTERNAL, R.WORK),
    ),
)
LEAD = Table(
    "lead",
    "One graded person who must get exactly one outcome.",
    "dispatch",
    (
        C("lead_id", TEXT, S.SENSITIVE, R.EVENT),
        C("task_id", TEXT, S.SENSITIVE, R.EVENT),
        C("person_id", TEXT, S.SENSITIVE, R.EVENT),
        C("household_id", TEXT, S.SENSITIVE, R.EVENT),
        C("grade", TEXT, S.SENSITIVE, R.EVENT),
    ),
)
TASK = Table(
    "task",
    "One envelope: one household's door, one worker.",
    "dispatch",
    (
        C("task_id", TEXT, S.INTERNAL, R.EVENT),
        C("household_id", TEXT, S.SENSITIVE, R.EVENT),
        C("dwelling_id", TEXT, S.SENSITIVE, R.EVENT),
        C("grid_code", TEXT, S.INTERNAL, R.EVENT, "null: nobody knows the door yet; waits at the district desk"),
        C("worker_id", TEXT, S.INTERNAL, R.EVENT, "null: the grid has no worker; waits at the community's desk"),
        C("grade", TEXT, S.SENSITIVE, R.EVENT, "strongest grade behind the door"),
        C("n_people", INT, S.INTERNAL, R.EVENT),
        C("order", INT, S.INTERNAL, R.EVENT, "place in the worker's walking order, from 1"),
        C("open_minutes", INT, S.INTERNAL, R.EVENT, "time limits from the protocol, in minutes after signing"),
        C("attempt_minutes", INT, S.INTERNAL, R.EVENT),
        C("result_minutes", INT, S.INTERNAL, R.EVENT),
    ),
)
ANSWER = Table(
    "answer",
    "What a worker saw at the door.",
    "field",
    (
        C("answer_id", TEXT, S.INTERNAL, R.EVENT, "made on the phone, time-ordered"),
        C("lead_id", TEXT, S.SENSITIVE, R.EVENT),
        C("person", TEXT, S.SENSITIVE, R.EVENT, "seen, video, proxy, not_seen"),
        C("residence", TEXT, S.SENSITIVE, R.EVENT, "inside, door, building, address_wrong, not_seen"),
        C("status", TEXT, S.SENSITIVE, R.EVENT, "assessed, not_assessed"),
        C("result", TEXT, S.SENSITIVE, R.EVENT, "visited, or a terminal other: moved, not_found, refused, …"),
        C("by", TEXT, S.INTERNAL, R.EVENT),
        C("observed_at", INSTANT, S.INTERNAL, R.EVENT),
    ),
)
OUTCOME = Table(
    "outcome",
    "The one outcome of a lead.",
    "feedback",
    (
        C("lead_id", TEXT, S.SENSITIVE, R.EVENT),
        C("outcome", TEXT, S.SENSITIVE, R.EVENT, "full, partial, video, moved, not_found, refused, …; null while open"),
        C("is_closed", FLAG, S.INTERNAL, R.EVENT),
        C("answer_id", TEXT, S.INTERNAL, R.EVENT),
        C("needs_recheck", FLAG, S.INTERNAL, R.EVENT, "drawn into the blind sample"),
    ),
)
COVERAGE = Table(
    "coverage",
    "One dated state a dwelling unit.",
    "feedback",
    (
        C("dwelling_id", TEXT, S.INTERNAL, R.REGISTER),
        C("grid_code", TEXT, S.INTERNAL, R.REGISTER),
        C(
            "state",
            TEXT,
            S.INTERNAL,
            R.REGISTER,
            "occupied_confirmed, vacant_confirmed, vacant_unconfirmed, non_residential, demolished, refused, unreached",
        ),
        C("roster_n", INT, S.INTERNAL, R.REGISTER, "people the household named; null unless closed"),
        C("confirmed_on", DAY, S.INTERNAL, R.REGISTER),
        C("method", TEXT, S.INTERNAL, R.REGISTER, "visit, census, phone, paper"),
    ),
)
CELL = Table(
    "cell",
    "Counts of an area, always with their denominator.",
    "insight",
    (
        C("area_code", TEXT, S.INTERNAL, R.WORK),
        C("kind", TEXT, S.INTERNAL, R.WORK, "grid, community, street, district, or unlocated"),
        C("frame", INT, S.INTERNAL, R.WORK, "dwelling units that must be accounted for"),
        C("confirmed", INT, S.INTERNAL, R.WORK),
        C("unconfirmed", INT, S.INTERNAL, R.WORK),
        C(
            "missed_low",
            INT,
            S.INTERNAL,
            R.WORK,
            "people that no list holds: at least so many; null where it cannot be said",
        ),
        C("people", INT, S.INTERNAL, R.WORK),
        C("leads", INT, S.INTERNAL, R.WORK),
        C("outcomes", INT, S.INTERNAL, R.WORK),
        C("open", INT, S.INTERNAL, R.WORK),
        C("overdue", INT, S.INTERNAL, R.WORK),
    ),
)
RELEASE = Table(
    "release",
    "Counts fit for the public: small ones protected.",
    "publish",
    (
        C("area_code", TEXT, S.PUBLIC, R.REFERENCE),
        C("measure", TEXT, S.PUBLIC, R.REFERENCE),
        C("value", INT, S.PUBLIC, R.REFERENCE, "rounded to 5; null when redacted"),
        C("shown", TEXT, S.PUBLIC, R.REFERENCE, "what a reader sees: the number, or '<8'"),
    ),
)
SAID = Table(
    "said",
    "One answer of a form filled at a door, with where it comes from. Whose it is within the household nobody linked yet.",
    "forms",
    (
        C("submission_id", TEXT, S.INTERNAL, R.EVENT),
        C("form_id", TEXT, S.INTERNAL, R.EVENT),
        C("form_version", TEXT, S.INTERNAL, R.EVENT),
        C("purpose", TEXT, S.INTERNAL, R.EVENT, "what it was asked for: the only purpose it serves"),
        C("subject", TEXT, S.INTERNAL, R.EVENT, "which turn of the form's repeats: person/2; empty: the household"),
        C("household_id", TEXT, S.PERSONAL, R.EVENT, "null: none was chosen from the register"),
        C("element", TEXT, S.INTERNAL, R.EVENT),
        C("said", TEXT, S.SENSITIVE, R.EVENT, "answered, refused, not_known"),
        C("value", TEXT, S.SENSITIVE, R.EVENT, "null unless answered"),
        C("collected_on", DAY, S.INTERNAL, R.EVENT),
        C("by", TEXT, S.INTERNAL, R.EVENT, "account that sent it"),
    ),
)
REPLY = Table(
    "reply",
    "What a household or one of its people answered to one question, or that they did not.",
    "forms",
    (
        C("household_id", TEXT, S.PERSONAL, R.REGISTER),
        C("person_id", TEXT, S.PERSONAL, R.REGISTER, "null: the question is about the household"),
        C("element", TEXT, S.INTERNAL, R.REGISTER),
        C("said", TEXT, S.SENSITIVE, R.REGISTER, "answered, refused, not_known"),
        C("value", TEXT, S.SENSITIVE, R.REGISTER, "null unless answered"),
        C("collected_on", DAY, S.INTERNAL, R.REGISTER),
    ),
)
PROFILED = Table(
    "profiled",
    "Of whom a standing profile holds, or of whom nobody knows. Who is not here: it does not hold.",
    "insight",
    (
        C("profile", TEXT, S.INTERNAL, R.REGISTER),
        C("household_id", TEXT, S.PERSONAL, R.REGISTER),
        C("person_id", TEXT, S.PERSONAL, R.REGISTER, "null: the profile is of households"),
        C("holds", TEXT, S.SENSITIVE, R.REGISTER, "yes, unknown"),
    ),
)
GAP = Table(
    "gap",
    "One question that a standing profile needs, and how far it is answered. Every question has exactly one state.",
    "insight",
    (
        C("household_id", TEXT, S.PERSONAL, R.REGISTER),
        C("person_id", TEXT, S.PERSONAL, R.REGISTER, "null: the question is about the household"),
        C("element", TEXT, S.INTERNAL, R.REGISTER),
        C("state", TEXT, S.SENSITIVE, R.REGISTER, "answered, stale, refused, not_known, never_asked"),
        C("asked_on", DAY, S.INTERNAL, R.REGISTER, "newest day somebody asked; null: nobody did, or no list says when"),
        C("profiles", TEXTS, S.SENSITIVE, R.REGISTER, "profiles that need it, sorted"),
    ),
)
QUESTION = Table(
    "question",
    "One question a campaign would ask behind one door.",
    "forms",
    (
        C("door_id", TEXT, S.PERSONAL, R.WORK, "household_id, or dwelling_id of a census"),
        C("grid_code", TEXT, S.INTERNAL, R.WORK, "null: nobody knows the grid"),
        C("element", TEXT, S.INTERNAL, R.WORK),
        C("times", REAL, S.INTERNAL, R.WORK, "how often it is asked there: once, or once a person"),
    ),
)
PRICE = Table(
    "price",
    "What a campaign costs one grid, before it starts.",
    "forms",
    (
        C("grid_code", TEXT, S.INTERNAL, R.WORK),
        C("doors", INT, S.INTERNAL, R.WORK),
        C("questions", REAL, S.INTERNAL, R.WORK),
        C("minutes", REAL, S.INTERNAL, R.WORK),
        C("workers", INT, S.INTERNAL, R.WORK, "who hold the grid"),
        C(
            "minutes_a_worker_day",
            REAL,
            S.INTERNAL,
            R.WORK,
            "null where nobody holds it; of the busiest holder, all grids",
        ),
        C("budget", REAL, S.INTERNAL, R.WORK, "minutes a day that holder still has; null where nobody holds it"),
        C("days_needed", INT, S.INTERNAL, R.WORK, "calendar days at that budget; null: there is no time at all"),
        C("is_over", FLAG, S.INTERNAL, R.WORK),
    ),
)
DOOR_PLAN = Table(
    "door_plan",
    "Which door on which day by whom: a campaign laid out in walking order.",
    "forms",
    (
        C("door_id", TEXT, S.PERSONAL, R.WORK),
        C("grid_code", TEXT, S.INTERNAL, R.WORK),
        C("worker_id", TEXT, S.INTERNAL, R.WORK),
        C("planned_on", DAY, S.INTERNAL, R.WORK),
        C("order", INT, S.INTERNAL, R.WORK, "place in the worker's campaign, from 1"),
        C("minutes", REAL, S.INTERNAL, R.WORK),
    ),
)
CAMPAIGN_DOOR = Table(
    "campaign_door",
    "How far a campaign has come behind one door of its frame.",
    "forms",
    (
        C("door_id", TEXT, S.PERSONAL, R.WORK),
        C("grid_code", TEXT, S.INTERNAL, R.WORK),
        C("place", TEXT, S.INTERNAL, R.WORK, "compound and building"),
        C("planned_on", DAY, S.INTERNAL, R.WORK),
        C("state", TEXT, S.SENSITIVE, R.WORK, "open, confirmed, refused"),
        C("tried", INT, S.INTERNAL, R.WORK, "how often nobody was at home"),
        C("settled_on", DAY, S.INTERNAL, R.WORK, "null while open"),
    ),
)
KNOWN = Table(
    "known",
    "What the register holds of somebody or of a household, by element: that it is there and since when, not what it says.",
    "forms",
    (
        C("subject_id", TEXT, S.PERSONAL, R.REGISTER, "a person, a household or a dwelling"),
        C("element", TEXT, S.INTERNAL, R.REGISTER),
        C("collected_on", DAY, S.INTERNAL, R.REGISTER, "newest day somebody said it; null: nobody knows when"),
    ),
)
ASKING = Table(
    "asking",
    "How each question of a form stands at one door before anybody knocks. The register answers first.",
    "forms",
    (
        C("subject_id", TEXT, S.PERSONAL, R.REGISTER),
        C("place", INT, S.INTERNAL, R.REGISTER, "order of the question in the form, from 1"),
        C("name", TEXT, S.INTERNAL, R.REGISTER, "name of the question in the form"),
        C("element", TEXT, S.INTERNAL, R.REGISTER, "empty where the dictionary does not know the question"),
        C("state", TEXT, S.SENSITIVE, R.REGISTER, "nod, ask, absent"),
        C("why", TEXT, S.SENSITIVE, R.REGISTER, "fresh, stale, missing, forbidden"),
        C("collected_on", DAY, S.INTERNAL, R.REGISTER, "day of the answer that is shown for a nod"),
    ),
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        RAW_ROW,
        GOOD_ROW,
        HELD_ROW,
        FAULT,
        CHANGE,
        LINK,
        PERSON,
        HOUSEHOLD,
        RESIDENCE,
        REVIEW,
        DECISION,
        MERGE,
        FACT,
        AREA,
        DWELLING,
        LOCATED,
        ZONE,
        VISIT,
        CASE,
        EXPOSURE,
        GRADE,
        UNDECIDED,
        ATTRIBUTE,
        WORKER,
        LEAD,
        TASK,
        ANSWER,
        OUTCOME,
        COVERAGE,
        CELL,
        RELEASE,
        SAID,
        REPLY,
        PROFILED,
        GAP,
        QUESTION,
        PRICE,
        DOOR_PLAN,
        CAMPAIGN_DOOR,
        KNOWN,
        ASKING,
    )
}
