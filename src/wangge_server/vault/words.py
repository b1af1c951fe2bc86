"""What the tables of the event vault are called on the screen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

TABLES: dict[str, Any] = {
    "dispatch_gone": gettext_lazy("转走的信封"), "dispatch_handover": gettext_lazy("移交"), "feedback_dispute": gettext_lazy("互相矛盾的回答"), "dispatch_lead": gettext_lazy("待核对象"), "dispatch_task": gettext_lazy("信封"), "exposure_case": gettext_lazy("病例"),
    "exposure_exposure": gettext_lazy("接触"), "feedback_outcome": gettext_lazy("结果"), "feedback_recheck": gettext_lazy("盲样复核"),
    "field_answer": gettext_lazy("上门所见"), "forms_reply": gettext_lazy("表单回答"), "forms_submission": gettext_lazy("收到的报送"),
    "forms_submissionfile": gettext_lazy("报送附件"), "resident_registration": gettext_lazy("自主登记"), "risk_grade": gettext_lazy("分级"),
    "risk_appeal": gettext_lazy("申诉"), "risk_appealmove": gettext_lazy("申诉经过"), "risk_appealreceipt": gettext_lazy("更正送达"),
    "dispatch_plan": gettext_lazy("派单方案"), "resident_checkpoint": gettext_lazy("查验点"), "resident_issuedpass": gettext_lazy("通行码"),
    "resident_passholder": gettext_lazy("凭条"), "risk_batch": gettext_lazy("研判批次"), "risk_guardanswer": gettext_lazy("对异常的答复"),
    "risk_proposed": gettext_lazy("拟定的分级"), "risk_recall": gettext_lazy("批次撤回"), "risk_sight": gettext_lazy("签署人所见"),
    "risk_signature": gettext_lazy("签名"), "sharing_sharedperson": gettext_lazy("共享过的人"), "sharing_sharenotice": gettext_lazy("给接收方的更正"), "exposure_confirmation": gettext_lazy("疾控对接触的审定"),
    "sharing_handover": gettext_lazy("移交外地的人"), "sharing_arrival": gettext_lazy("外地移交来的人"),
}  # fmt: skip


def table_words(table: str) -> str:
    """The name of a table for people; its own name where nobody gave it one."""
    return str(TABLES.get(table, table))
