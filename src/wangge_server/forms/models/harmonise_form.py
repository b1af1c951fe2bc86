from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class DepartmentForm(models.Model):
    """One version of a form as a department sent it: its questions, never rows of people that stood below them.

    A version once kept never changes; a department that changes its form gets a new version, and the newest counts until
    it is withdrawn.
    """

    id = internal(models.BigAutoField(primary_key=True), Retention.WORK)
    form_id = internal(models.CharField(max_length=120), Retention.WORK)
    number = internal(models.IntegerField(), Retention.WORK)  # version, from 1
    title = internal(models.CharField(max_length=200), Retention.WORK)
    department = internal(models.CharField(max_length=120), Retention.WORK)
    for_purpose = internal(models.CharField(max_length=40), Retention.WORK)
    file_name = internal(models.CharField(max_length=200), Retention.WORK)
    digest = internal(models.CharField(max_length=64), Retention.WORK)  # of the questions
    questions = internal(models.JSONField(default=list), Retention.WORK)
    uploaded_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.WORK)
    uploaded_at = internal(models.DateTimeField(auto_now_add=True), Retention.WORK)
    withdrawn_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.WORK
    )
    withdrawn_at = internal(models.DateTimeField(null=True), Retention.WORK)

    class Meta:
        ordering = ("form_id", "-number")
        constraints = (models.UniqueConstraint(fields=["form_id", "number"], name="one_number_of_a_department_form"),)
