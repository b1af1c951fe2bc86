"""Codes of the dictionary as people read them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

TYPES = {
    "text": gettext_lazy("文字"), "code": gettext_lazy("代码"), "yes_no": gettext_lazy("是或否"),
    "integer": gettext_lazy("整数"), "number": gettext_lazy("数值"), "date": gettext_lazy("日期"),
    "instant": gettext_lazy("时刻"), "phone": gettext_lazy("电话"), "id": gettext_lazy("证件号"),
    "photo": gettext_lazy("图片"),
}  # fmt: skip
SENSITIVITY = {
    "public": gettext_lazy("可公开"), "internal": gettext_lazy("内部"), "personal": gettext_lazy("个人信息"),
    "sensitive": gettext_lazy("敏感个人信息"),
}  # fmt: skip
RETENTION = {
    "reference": gettext_lazy("随参考数据更新"), "register": gettext_lazy("在本地居住期间"),
    "event": gettext_lazy("随应急结束销毁"), "batch": gettext_lazy("30 天"), "work": gettext_lazy("3 年"),
    "audit": gettext_lazy("依法留存"),
}  # fmt: skip
DECISIONS = {
    "auto": gettext_lazy("可直接采用"), "suggest": gettext_lazy("请人确认"), "none": gettext_lazy("字典里没有"),
    "banned": gettext_lazy("不得收集"), "system": gettext_lazy("由系统或工作人员填写，不问居民"),
}  # fmt: skip
