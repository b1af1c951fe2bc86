from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


class SharedPerson(models.Model):
    """That a share carried somebody, and a keyed digest of what it said: tells changes, corrections, and the person. Event vault."""

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    share = internal(models.ForeignKey("sharing.Share", models.CASCADE, related_name="people"), Retention.EVENT)
    person_id = sensitive(models.CharField(max_length=40, db_index=True))
    ref = internal(models.CharField(max_length=32), Retention.EVENT)  # what the receiver calls this person
    digest = internal(models.CharField(max_length=32), Retention.EVENT)
    at = internal(models.DateTimeField(), Retention.EVENT)
    gone_at = internal(models.DateTimeField(null=True), Retention.EVENT)  # the receiver was told to drop it

    class Meta:
        constraints = (models.UniqueConstraint(fields=["share", "person_id"], name="one_line_of_a_shared_person"),)


class ShareNotice(models.Model):
    """A correction the receiving unit must carry out and confirm. Event vault."""

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    share = internal(models.ForeignKey("sharing.Share", models.CASCADE, related_name="notices"), Retention.EVENT)
    ref = internal(models.CharField(max_length=32), Retention.EVENT)
    left = sensitive(models.CharField(max_length=6, default=""))  # the grade that is left, empty for none
    at = internal(models.DateTimeField(), Retention.EVENT)
    confirmed_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    confirmed_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.EVENT
    )

    class Meta:
        ordering = ("-id",)
