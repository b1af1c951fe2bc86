from __future__ import annotations

import uuid

from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal


def new_id() -> uuid.UUID:
    return uuid7()


class FormVersion(models.Model):
    """One version of a form. Once published it never changes; it is retired, and a new one takes its place."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.WORK)
    form = internal(models.ForeignKey("forms.Form", models.PROTECT, related_name="versions"), Retention.WORK)
    version = internal(models.CharField(max_length=60, blank=True), Retention.WORK)
    title = internal(models.CharField(max_length=200), Retention.WORK)
    state = internal(models.CharField(max_length=10, default="draft"), Retention.WORK)  # draft, published, retired
    until = internal(models.DateField(), Retention.WORK)  # last day on which answers are collected
    xform = internal(models.TextField(), Retention.WORK)
    md5 = internal(models.CharField(max_length=32), Retention.WORK)  # of the XForm's bytes, as OpenRosa asks
    source_name = internal(models.CharField(max_length=200), Retention.WORK)
    source = internal(models.BinaryField(), Retention.WORK)  # the workbook as it came
    remarks = internal(models.JSONField(default=list), Retention.WORK)
    elements = internal(models.JSONField(default=dict), Retention.WORK)  # path of a question -> data element
    uploaded_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.WORK)
    uploaded_at = internal(models.DateTimeField(auto_now_add=True), Retention.WORK)
    published_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.WORK
    )
    published_at = internal(models.DateTimeField(null=True), Retention.WORK)
    retired_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.WORK
    )
    retired_at = internal(models.DateTimeField(null=True), Retention.WORK)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=["form", "version"], name="one_version_of_a_form"),)
