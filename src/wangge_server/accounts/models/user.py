from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from wangge.dictionary import Retention, Sensitivity
from wangge_server.base.fields import internal, kept


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody who may come in. One role, one unit, one area; what that allows stands in the policy table."""

    id = internal(models.BigAutoField(primary_key=True))
    username = internal(models.CharField(max_length=60, unique=True))
    password = kept(models.CharField(max_length=200), Sensitivity.SENSITIVE, Retention.WORK)
    last_login = internal(models.DateTimeField(null=True, blank=True))
    name = internal(models.CharField(max_length=40))
    role = internal(models.CharField(max_length=40))
    unit_code = internal(models.CharField(max_length=20, blank=True))  # who employs: code of a community or department
    area_code = internal(models.CharField(max_length=15, blank=True))  # ground the role covers, as a code prefix
    reports_to = internal(models.CharField(max_length=20, blank=True))  # unit that gives this unit its orders
    lang = internal(models.CharField(max_length=10, default="zh-hans"))
    is_active = internal(models.BooleanField(default=True))

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    is_staff = False
    is_superuser = False

    def __str__(self) -> str:
        return self.username
