"""The end, played whole: a made-up district lives through an emergency, then its data end; is anything still readable?

`python -m tests.faults.sunset_drill [needles]` makes an installation in a folder of its own, plants values through the
server's own actions, takes a backup, ends the emergency with two people, and looks for every planted value in every byte of
database, write-ahead log, lake, caches and exports. It prints, last, one JSON object.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PASSPHRASE = "made up for a drill"
A_NOTE, A_FORM = 12, 250  # values in one note at a door, and in one form
FORM = """<data id="drill" version="1" xmlns:orx="http://openrosa.org/xforms">
<orx:meta><orx:instanceID>uuid:{id}</orx:instanceID></orx:meta>{body}</data>"""


def main(n_needles: int = 10_000) -> dict[str, Any]:
    """Make, plant, end, search. -> the figures"""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="wangge-drill-") as folder:
        os.environ["WANGGE_DATA"] = str(Path(folder) / "data")
        os.environ["WANGGE_KEYS"] = str(Path(folder) / "keys")
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "wangge_server.config.settings"
        import django

        django.setup()
        from wangge_server.config.demo import make

        make("tiny", 1, "a password of a drill", ("",))
        figures = _end(Path(folder), n_needles)
    return figures | {"seconds": round(time.perf_counter() - started, 1)}


def _end(folder: Path, n_needles: int) -> dict[str, Any]:
    from django.conf import settings

    from wangge import vault
    from wangge_server.vault.queries import database_folder

    values = [f"needle-{i:06d}-{os.urandom(4).hex()}" for i in range(n_needles)]
    sealed = _plant(values)
    database = database_folder()
    assert database is not None
    places = {database.resolve(), Path(settings.DATA).resolve()}
    before = vault.search(places, values)
    backup = _backup(folder / "backup")
    whole = _restored(backup, folder / "before")
    certificate, tables = _two_people(folder)
    after = vault.search(places, values)
    restored = _restored(backup, folder / "restored")
    return {
        "needles": len(values),
        "readable_before": before.readable,
        "sealed_readable_before": vault.search(places, sealed).readable,
        "readable": after.readable,
        "files": after.n_files,
        "mb_searched": after.n_bytes >> 20,
        "readable_in_backup": vault.search([backup], values).readable,
        "restored_whole_before": whole["equal"] and not whole["closed"],
        "altered_part_refused": _altered(backup, folder / "altered"),
        "closed_in_backup": restored["closed"],
        "rows_restored": restored["rows"],
        "readable_in_restored": vault.search([folder / "restored"], values).readable,
        "rows_before": sum(n for n, _after in tables.values()),
        "rows_after": sum(n for _before, n in tables.values()),
        "certificate_valid": _verified(certificate),
    }


def _plant(values: list[str]) -> list[str]:
    """Values said at doors (as notes) and in forms, through the actions that phones and forms use. -> those in forms"""
    n_notes = len(values) // 5
    placed = _say_at_doors([values[i : i + A_NOTE] for i in range(0, n_notes, A_NOTE)])
    rest = values[placed:]
    for i in range(0, len(rest), A_FORM):
        _submit(rest[i : i + A_FORM])
    return rest


def _say_at_doors(notes: list[list[str]]) -> int:
    """One note a door that is still open. -> values said"""
    from wangge_server.accounts.models import User
    from wangge_server.dispatch.actions import open_task
    from wangge_server.dispatch.models import Task
    from wangge_server.dispatch.queries import leads_of
    from wangge_server.feedback.submit_actions import take_answers

    said = 0
    for task in Task.objects.filter(closed_at__isnull=True, worker_id__isnull=False).order_by("pk"):
        worker = User.objects.get(username=task.worker_id)
        open_task(task=task, by=worker, purpose="visit")
        for lead in leads_of(task):
            if not notes:
                return said
            values = notes.pop(0)
            taken = take_answers(answers=[_answer(lead.lead_id, " ".join(values))], by=worker, purpose="visit")
            assert taken[0]["state"] == "accepted", taken
            said += len(values)
    return said


def _answer(lead_id: str, note: str) -> dict[str, Any]:
    from wangge.base.ids import uuid7

    return {
        "id": str(uuid7()), "lead_id": lead_id, "person": "seen", "residence": "door", "status": "assessed",
        "temperature": 36.5, "symptoms": [], "needs": [], "result": "visited", "note": note,
        "observed_at": (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)).isoformat(),
    }  # fmt: skip


def _submit(values: list[str]) -> None:
    from django.utils import timezone

    from wangge.base.ids import uuid7
    from wangge_server.accounts.models import User
    from wangge_server.forms.actions import receive_submission

    body = "".join(f"<q{i}>{value}</q{i}>" for i, value in enumerate(values))
    raw = FORM.format(id=uuid7(), body=body).encode()
    worker = User.objects.filter(role="grid_worker").order_by("username").first()
    receive_submission(raw=raw, files={"photo.txt": " ".join(values).encode()}, device=None, now=timezone.now(),
                       by=worker, purpose="visit")  # fmt: skip


def _backup(folder: Path) -> Path:
    from django.utils import timezone

    from wangge_server.vault.backup import make_backup

    return make_backup(folder, timezone.now())


def _restored(backup: Path, folder: Path) -> dict[str, Any]:
    """A backup put back by a program of its own. -> what it printed"""
    run = _restore(backup, folder)
    assert run.returncode == 0, run.stderr[-2000:]
    return dict(json.loads(run.stdout.strip().splitlines()[-1]))


def _altered(backup: Path, folder: Path) -> bool:
    """Whether a backup with one other byte in the register's files is refused with its number."""
    copy = Path(shutil.copytree(backup, folder.with_name("altered-backup")))
    part = copy / "register.files.sealed"
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    run = _restore(copy, folder)
    return run.returncode == 3 and "E8605" in run.stderr


def _restore(backup: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    from django.conf import settings

    words = [
        sys.executable,
        "-m",
        "wangge",
        "restore",
        str(backup),
        "--data",
        str(folder),
        "--keys",
        str(settings.KEYS),
        "--json",
    ]
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "WANGGE_DATA")}
    return subprocess.run(words, env=env, capture_output=True, text=True, timeout=200)


def _two_people(folder: Path) -> tuple[Path, dict[str, list[int]]]:
    from django.utils import timezone

    from wangge_server.accounts.key_actions import make_signing_key
    from wangge_server.accounts.models import User
    from wangge_server.emergency.models import Emergency
    from wangge_server.jobs.ending import carry_out
    from wangge_server.vault.actions import approve_sunset, propose_sunset, sign_certificate

    emergency = Emergency.objects.get()
    emergency.phase = "ended"
    emergency.save(update_fields=["phase"])
    officer, auditor = (User.objects.filter(role=role).first() for role in ("data_officer", "auditor"))
    sunset = propose_sunset(emergency=emergency, reason="演练：应急结束", by=officer, purpose="administration")
    sunset = approve_sunset(sunset=sunset, now=timezone.now(), by=auditor, purpose="audit")
    sunset = carry_out(sunset)
    for by, purpose in ((officer, "administration"), (auditor, "audit")):
        make_signing_key(passphrase=PASSPHRASE, by=by, purpose=purpose)
        sunset = sign_certificate(
            sunset=sunset, passphrase=PASSPHRASE, now=dt.datetime.now(dt.UTC), by=by, purpose=purpose
        )
    assert sunset.state == "certified", sunset.state
    file = folder / "certificate.json"
    file.write_text(json.dumps(sunset.certificate, ensure_ascii=False), "utf-8")
    return file, sunset.certificate["tables"]


def _verified(certificate: Path) -> bool:
    """By a program of its own, which sees the file and nothing else."""
    words = [sys.executable, "-m", "wangge", "sunset", "verify", certificate.name]
    env = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")}
    return subprocess.run(words, cwd=certificate.parent, env=env, capture_output=True).returncode == 0


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)))
