from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention, Sensitivity
from wangge_server.base.fields import internal, kept


class SigningKey(models.Model):
    """A person's key to sign with. The private half is sealed under a passphrase that is stored nowhere."""

    id = internal(models.BigAutoField(primary_key=True), Retention.AUDIT)
    user = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="signing_keys"), Retention.AUDIT)
    public = internal(models.BinaryField(), Retention.AUDIT)
    sealed = kept(models.BinaryField(), Sensitivity.SENSITIVE, Retention.WORK)
    made_at = internal(models.DateTimeField(auto_now_add=True), Retention.AUDIT)
    revoked_at = internal(models.DateTimeField(null=True), Retention.AUDIT)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(revoked_at=None), name="one_signing_key_in_force"
            ),
        )
