# One door for commands. `just` alone lists them.
set positional-arguments

_list:
    @just --list

# everything that can be checked without running: style, types, walls, messages
check:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check --quiet .
    sh scripts/types
    .venv/bin/lint-imports
    .venv/bin/python tools/messages.py check
    .venv/bin/python tools/npm.py run check

# mend style
fix:
    .venv/bin/ruff check --fix .
    .venv/bin/ruff format .
    .venv/bin/python tools/npm.py run fix

# the whole test suite, or what pytest is told
test *args:
    sh scripts/test "$@"

# the long forms: ten thousand untidy sheets, a hundred files that abort their reader, two regions handing over
faults:
    WANGGE_FULL=1 WANGGE_SHEETS=10000 .venv/bin/pytest -q tests/faults/test_intake_bombs.py tests/generative/test_intake_laws.py tests/faults/test_two_regions.py

# the end of an emergency's data, played whole: plants values, ends it, searches every byte (needles: 10000)
sunset-drill *args:
    .venv/bin/python -m tests.faults.sunset_drill "$@"

# kill the server in the middle of synchronising, N times, then with planted bugs: `just faults-kill 20`
faults-kill *args:
    .venv/bin/python -m tests.faults.sync_kill "$@"

# grids change while phones are offline: N lives of 3 phones and 2 supervisors, then planted bugs: `just handover 50000`
handover *args:
    .venv/bin/python -m tests.faults.handover_drill "$@"

# measure: `just bench way [preset ...]`, `just bench collect-once`
bench what *args:
    #!/bin/sh
    shift
    exec .venv/bin/python -m bench.{{replace(what, "-", "_")}} "$@"

# who may open which address: N random questions to the pages, then every guard taken away: `just matrix 5000`
matrix *args:
    .venv/bin/python tools/matrix.py "$@"

# tamper with the audit log of a fresh installation, n times, in every way; prints what was found
audit-tamper *args:
    .venv/bin/python -m bench.audit_tamper "$@"

# make a district and serve it
demo *args:
    sh scripts/demo "$@"

# write the reference pages from the code
docs:
    .venv/bin/python tools/reference.py

# retake the pictures in README and docs from a running demo
pictures *args:
    .venv/bin/python tools/pictures.py "$@"
