"""The log in PostgreSQL: sealed whole, whatever commits when; verified from the rows; proofs about one person."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from wangge.audit.keys import InstallationKey
from wangge.audit.verifier import leaf_hash, read_head, verify_consistency, verify_inclusion
from wangge_server.audit import sealed
from wangge_server.audit.actions import seal_all, seal_next, write_event
from wangge_server.audit.models import Event, Head, Leaf, Pending
from wangge_server.audit.verify import verify_log


def log(times: int, about: str = "", **facts: Any) -> None:
    for i in range(times):
        write_event(by=None, purpose="visit", verb="person", permission="person", about=about or f"p-{i}", facts=facts, kind="read")  # fmt: skip


def seal(step: int = 1000) -> int:
    return seal_all(sealed.installation_key(), timezone.now(), step)


@pytest.mark.django_db
def test_every_event_waits_and_is_sealed_once() -> None:
    seal()
    before = sealed.log_size()
    log(25)
    assert sealed.n_waiting() == 25 == Event.objects.filter(leaf__isnull=True).count()
    assert seal(step=10) == 25 and seal() == 0
    assert sealed.n_waiting() == 0 and sealed.log_size() == before + 25
    assert list(Head.objects.values_list("size", flat=True)[:3]) == [before + 25, before + 20, before + 10]
    report = verify_log()
    assert report.problems == [] and report.entries == before + 25


@pytest.mark.django_db(transaction=True)
def test_what_commits_late_with_a_small_number_is_not_skipped() -> None:
    """A slow transaction takes its number first and commits after a later one was sealed: the trap of "sealed up to n"."""
    settings = connection.get_connection_params()
    settings.pop("cursor_factory", None), settings.pop("context", None)
    insert = (
        "INSERT INTO audit_event (at, role, purpose, permission, verb, kind, about, facts, policy_version)"
        " VALUES (now(), '', 'visit', 'person', 'person', 'read', %s, '{}', '1') RETURNING id"
    )
    with psycopg.connect(**settings) as slow, psycopg.connect(**settings, autocommit=True) as quick:
        early = slow.execute(insert, ["slow"]).fetchone()[0]  # type: ignore[index]
        late = quick.execute(insert, ["quick"]).fetchone()[0]  # type: ignore[index]
        assert early < late
        assert seal() >= 1 and Leaf.objects.filter(event_id=late).exists()
        slow.commit()
        assert not Leaf.objects.filter(event_id=early).exists()
        assert seal() == 1
        assert Leaf.objects.get(event_id=early).position > Leaf.objects.get(event_id=late).position
    assert verify_log().problems == []


@pytest.mark.django_db(transaction=True)
def test_writers_and_two_sealers_at_once_leave_nothing_out() -> None:
    def write() -> None:
        try:
            for _ in range(15):
                log(3)
        finally:
            connection.close()

    def keep_sealing() -> None:
        try:
            for _ in range(15):
                seal_next(sealed.installation_key(), timezone.now(), 7)
        finally:
            connection.close()

    before = Event.objects.count()
    threads = [threading.Thread(target=run) for run in (write, keep_sealing, write, keep_sealing)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal()
    assert Event.objects.count() == before + 90 == sealed.log_size() and sealed.n_waiting() == 0
    assert verify_log().problems == []


@pytest.mark.django_db
def test_a_killed_sealing_leaves_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seal()
    size = sealed.log_size()
    log(5)

    class Dies(InstallationKey):
        def sign_head(self, *given: Any) -> Any:
            raise KeyboardInterrupt  # after leaves and nodes were written

    with pytest.raises(KeyboardInterrupt):
        seal_next(Dies(b"k" * 32), timezone.now())
    assert (sealed.log_size(), sealed.n_waiting(), Leaf.objects.count()) == (size, 5, size)
    assert seal() == 5 and verify_log().problems == []


@pytest.mark.django_db
def test_one_persons_entries_come_with_proofs_lists_too() -> None:
    """Whoever holds the head can check each of them without the rest of the log."""
    log(1, about="p-me", n=1, ids=["p-me"])
    log(3, n=2, ids=["p-other", "p-another"])
    log(1, about="batch", n=2, ids=["p-other", "p-me"])  # I stood in a list
    seal(step=2)
    log(1, about="p-me", n=1, ids=["p-me"])  # not sealed yet
    proofs, waits = sealed.proofs_about("p-me")
    assert len(proofs) == 2 and waits == 1
    for proof in proofs:
        head = read_head(proof.head.line)
        assert head.is_signed()
        assert verify_inclusion(leaf_hash(proof.entry), proof.position, head.size, proof.path, head.root)
        assert not verify_inclusion(leaf_hash(proof.entry + b" "), proof.position, head.size, proof.path, head.root)
    assert sealed.proofs_about("p-nobody") == ([], 0)


@pytest.mark.django_db
def test_the_log_only_grows() -> None:
    log(7)
    seal()
    old = sealed.newest_head()
    log(12)
    seal(step=5)
    new = sealed.newest_head()
    assert old and new
    path = sealed.grown_since(old.size)
    assert verify_consistency(old.size, new.size, bytes(old.root), bytes(new.root), path)
    assert not verify_consistency(old.size, new.size, bytes(new.root), bytes(new.root), path)


@pytest.mark.django_db
def test_tree_and_heads_cannot_be_changed_by_the_application() -> None:
    from django.db import InternalError, ProgrammingError, transaction

    log(2)
    seal()
    for change in (
        lambda: Head.objects.update(line="x"), lambda: Leaf.objects.update(hash=b"x"),
        lambda: Head.objects.all().delete(),
    ):  # fmt: skip
        with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
            change()
    assert Pending.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_export_is_what_a_third_party_verifies(tmp_path: Path) -> None:
    from wangge.audit import verifier
    from wangge_server.config.commands import audit as door

    log(11)
    seal(step=4)
    witnessed = [read_head(sealed.head_lines()[0])]
    log(2)  # waits: not in the export
    n = door.export(tmp_path)
    report = verifier.check(verifier.lines_of(tmp_path / "log.jsonl"),
                            verifier.read_heads((tmp_path / "heads.txt").read_text()), witnessed, None)  # fmt: skip
    assert (report.problems, report.entries) == ([], n) and n == sealed.log_size()
    assert door.head() == sealed.head_lines()[-1]
