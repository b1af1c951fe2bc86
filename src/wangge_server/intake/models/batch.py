from __future__ import annotations

import uuid

from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal


def new_id() -> uuid.UUID:
    return uuid7()


GONE = ("cancelled", "replaced", "expired")  # the very same file may be sent again


class Batch(models.Model):
    """One file as a department sent it, from its arrival to its last row. rows = good + held, always.

    received -> previewed -> mapped -> checked -> confirmed -> reading -> read, and out of the row: refused, replaced,
    cancelled, expired. Thirty days after it came the file and every row that is not in the register go (`forgotten_at`);
    counts and the digest of the file stay. Of the good rows `n_faulty` went on without a value that a person must look at: rows = accepted (good
    without a fault) + needs a person (n_faulty) + refused (n_held).
    """

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False))
    list_name = internal(models.CharField(max_length=40, blank=True))  # empty until somebody says which list it is
    file_name = internal(models.CharField(max_length=200))
    digest = internal(models.CharField(max_length=64, db_index=True))
    state = internal(models.CharField(max_length=12, default="received"))
    unit_code = internal(models.CharField(max_length=20, blank=True))  # whose file it is
    reports_to = internal(models.CharField(max_length=20, blank=True))  # the unit above that one, when it came
    error_code = internal(models.CharField(max_length=8, blank=True))
    error_facts = internal(models.JSONField(default=dict))
    n_tries = internal(models.SmallIntegerField(default=0))  # readings begun; a file may stop the reader only so often

    # What a person settled: where the table stands, which column is what, what it does to the list.
    sheet = internal(models.CharField(max_length=120, blank=True))
    header_row = internal(models.IntegerField(default=0))  # as the spreadsheet counts; 0: it is looked for
    header_key = internal(models.CharField(max_length=80, blank=True))  # names the set of headers
    columns = internal(models.JSONField(default=list))  # [[header, element], …] in order; "" leaves a column unread
    by_file = internal(models.BooleanField(default=False))  # read by the installation's mapping file as it stands
    mode = internal(models.CharField(max_length=8, default="add"))  # add, replace (the list's earlier files), correct
    corrects = internal(models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections"))
    replaced_by = internal(models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces"))

    n_rows = internal(models.IntegerField(null=True))
    n_good = internal(models.IntegerField(null=True))
    n_held = internal(models.IntegerField(null=True))
    n_faulty = internal(models.IntegerField(null=True))
    # The dry run: new + update + skip + error = rows.
    n_new = internal(models.IntegerField(null=True))
    n_update = internal(models.IntegerField(null=True))
    n_skip = internal(models.IntegerField(null=True))
    n_error = internal(models.IntegerField(null=True))
    # Rows that a correction answered: they stand in that batch now, and count there.
    moved_rows = internal(models.JSONField(default=list))
    n_moved_good = internal(models.IntegerField(default=0))
    n_moved_faulty = internal(models.IntegerField(default=0))  # of those that were good
    n_moved_held = internal(models.IntegerField(default=0))
    answers = internal(models.JSONField(default=dict))  # of a correction: its row -> the row of `corrects` it answers
    report = internal(models.JSONField(default=dict))  # encoding, header row, columns used, ignored, dropped as banned

    received_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"))
    received_at = internal(models.DateTimeField(auto_now_add=True))
    checked_at = internal(models.DateTimeField(null=True))
    confirmed_by = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"))
    confirmed_at = internal(models.DateTimeField(null=True))
    read_at = internal(models.DateTimeField(null=True))
    forgotten_at = internal(models.DateTimeField(null=True))  # when the file and its rows were deleted

    class Meta:
        ordering = ("-id",)
        constraints = (
            # A file that is out of count may come again; any other only once.
            models.UniqueConstraint(fields=("digest",), condition=~models.Q(state__in=GONE), name="batch_file_once"),
        )

    retention = Retention.WORK

    @property
    def n_accepted(self) -> int | None:
        """Rows taken whole: good, and no value of theirs set aside."""
        return None if self.n_good is None else self.n_good - (self.n_faulty or 0)
