"""Codes of the audit log and the policy table as people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext_lazy

from wangge.policy import table
from wangge_server.policy.queries import label

KINDS: dict[str, tuple[str, Any]] = {
    "refused": ("bad", gettext_lazy("被拒")), "read": ("", gettext_lazy("查看")), "write": ("", gettext_lazy("更改")),
    "login": ("", gettext_lazy("登录")),
}  # fmt: skip
RELATIONS = {
    "counts": gettext_lazy("只看数字"), "own": gettext_lazy("本人"), "assigned": gettext_lazy("交给我的"),
    "area": gettext_lazy("本辖区"), "all": gettext_lazy("全部"),
}  # fmt: skip
PHASES = {
    "active": gettext_lazy("应急期间"), "wind_down": gettext_lazy("收尾期间"), "ended": gettext_lazy("已结束"),
    "peace": gettext_lazy("平时"),
}  # fmt: skip
PERMISSIONS = {
    "home.view": gettext_lazy("首页"), "board.view": gettext_lazy("看总览"), "flow.view": gettext_lazy("看派单进度"),
    "grid.view": gettext_lazy("看网格"), "grid.assign": gettext_lazy("移交网格"), "grid.redivide": gettext_lazy("调整网格"), "batch.view": gettext_lazy("看批次"), "batch.upload": gettext_lazy("上传清单"),
    "held.view": gettext_lazy("看暂存行"), "batch.values": gettext_lazy("看名单原文"), "run.view": gettext_lazy("看运算"), "run.start": gettext_lazy("开始运算"),
    "household.view": gettext_lazy("查找家庭"), "household.open": gettext_lazy("打开家庭"),
    "person.open": gettext_lazy("打开个人"), "check.list": gettext_lazy("看每月走访"), "check.record": gettext_lazy("登记走访"),
    "review.view": gettext_lazy("看待判断的组"), "review.settle": gettext_lazy("判断是否同一人"), "case.view": gettext_lazy("看病例"),
    "exposure.view": gettext_lazy("看接触"), "exposure.confirm": gettext_lazy("审定接触类别"),
    "emergency.view": gettext_lazy("看应急响应"), "emergency.draft": gettext_lazy("起草应急响应"), "emergency.sign": gettext_lazy("签署应急响应"),
    "protocol.sign": gettext_lazy("签发方案"), "grade.view": gettext_lazy("看分级"), "protocol.view": gettext_lazy("看方案"),
    "task.list": gettext_lazy("看信封"), "task.open": gettext_lazy("打开信封"), "task.close": gettext_lazy("办结信封"),
    "answer.record": gettext_lazy("填写结果"), "recheck.list": gettext_lazy("看复核"), "recheck.record": gettext_lazy("填写复核"),
    "recheck.draw": gettext_lazy("抽取复核"), "release.view": gettext_lazy("看发布"),
    "sunset.view": gettext_lazy("看数据销毁"), "sunset.propose": gettext_lazy("提出销毁"),
    "sunset.approve": gettext_lazy("批准销毁"), "sunset.sign": gettext_lazy("签署销毁证书"), "sunset.carry": gettext_lazy("执行销毁"),
    "release.propose": gettext_lazy("提出发布"), "release.approve": gettext_lazy("批准发布"),
    "audit.view": gettext_lazy("看留痕"), "audit.verify": gettext_lazy("核验留痕"), "audit.witness": gettext_lazy("把树头交给见证人"), "policy.view": gettext_lazy("看策略"), "people.view": gettext_lazy("看人员"),
    "area.view": gettext_lazy("看区域"), "health.view": gettext_lazy("看运行状况"), "install.make": gettext_lazy("安装"),
    "batch.read": gettext_lazy("读取批次"), "batch.forget": gettext_lazy("到期删除名单"), "run.carry": gettext_lazy("执行运算"),
    "gap.view": gettext_lazy("看缺口"), "profile.list": gettext_lazy("看需关爱的名单"),
    "campaign.view": gettext_lazy("看采集"), "campaign.propose": gettext_lazy("提出采集"),
    "campaign.approve": gettext_lazy("批准采集"), "campaign.stop": gettext_lazy("停止采集"),
    "glass.open": gettext_lazy("紧急查看"), "glass.review": gettext_lazy("复核紧急查看"),
    "appeal.view": gettext_lazy("看申诉"), "appeal.decide": gettext_lazy("复核申诉"), "appeal.file": gettext_lazy("提出申诉"),
    "grade.explain": gettext_lazy("说明等级"),
    "door.list": gettext_lazy("看要补问的门"), "door.record": gettext_lazy("登记补问"),
}  # fmt: skip
ELEMENTS = {
    "person.name": gettext_lazy("姓名"), "person.sex": gettext_lazy("性别"), "person.birth_date": gettext_lazy("出生日期"),
    "person.phone": gettext_lazy("电话"), "person.address": gettext_lazy("地址"),
    "person.relation_to_head": gettext_lazy("与户主关系"), "person.residence_kind": gettext_lazy("居住类别"), "household.kind": gettext_lazy("户别"),
    "person.id_number": gettext_lazy("证件号码"),
    "grade": gettext_lazy("等级"), "grade.reason": gettext_lazy("分级理由"), "case": gettext_lazy("病例"),
    "exposure": gettext_lazy("接触"),
    "care.lives_alone": gettext_lazy("老人独自居住"), "care.daily_help": gettext_lazy("需要日常照料"),
    "care.front_line": gettext_lazy("一线工作人员家庭"), "care.child_minding": gettext_lazy("孩子需要照看"),
    "care.home_bound": gettext_lazy("暂时不能出门"), "care.food": gettext_lazy("需要送食品"),
    "care.medicine": gettext_lazy("需要代购药品"), "care.dialysis": gettext_lazy("需要接送透析"),
    "care.pets": gettext_lazy("需要照顾宠物"), "care.pregnancy": gettext_lazy("孕产需要帮助"),
    "care.disability": gettext_lazy("残疾人需要帮助"), "care.settling_in": gettext_lazy("新来需要帮助"),
}  # fmt: skip
# Verbs are the names of actions and of reads; those without a word of their own say the permission's.
VERBS = {
    "login": gettext_lazy("登录"), "check_log": gettext_lazy("核验留痕"), "give_heads": gettext_lazy("交出树头"), "refused": gettext_lazy("被拒"), "choose_purpose": gettext_lazy("更改目的"),
    "household": gettext_lazy("打开家庭"), "household_list": gettext_lazy("列出家庭"), "person": gettext_lazy("打开个人"),
    "check": gettext_lazy("打开走访登记"), "check_list": gettext_lazy("列出走访"), "record_check": gettext_lazy("登记走访"), "review": gettext_lazy("打开并档复核"),
    "settle": gettext_lazy("判断是否同一人"), "second": gettext_lazy("复看"), "put_off": gettext_lazy("稍后再看"), "undo": gettext_lazy("撤销判断"),
    "load_review": gettext_lazy("更新待判断的组"), "grade_list": gettext_lazy("列出分级"),
    "case": gettext_lazy("打开病例"), "case_list": gettext_lazy("列出病例"), "task": gettext_lazy("打开信封"),
    "recheck": gettext_lazy("打开复核"), "export": gettext_lazy("导出数字"), "export_held": gettext_lazy("导出暂存行"),
    "export_errors": gettext_lazy("导出错误行"), "preview": gettext_lazy("看名单原文"), "dry_run_rows": gettext_lazy("看试算明细"),
    "receive_file": gettext_lazy("收到文件"), "read_batch": gettext_lazy("读取批次"),
    "choose_table": gettext_lazy("选定表头"), "map_columns": gettext_lazy("确认列对应"), "confirm_batch": gettext_lazy("确认入库"),
    "confirm_as_mapped": gettext_lazy("按映射文件确认"), "cancel_batch": gettext_lazy("撤回文件"), "refuse_batch": gettext_lazy("退回文件"),
    "forget_mapping": gettext_lazy("忘掉列对应"), "begin_reading": gettext_lazy("开始读取"), "store_preview": gettext_lazy("认出表头"),
    "store_dry_run": gettext_lazy("试算"), "start_run": gettext_lazy("提出运算"),
    "store_run": gettext_lazy("运算入库"), "report_run": gettext_lazy("运算进度"), "fail_run": gettext_lazy("运算失败"),
    "load_register": gettext_lazy("更新登记"), "load_exposures": gettext_lazy("更新接触"), "roll_grades": gettext_lazy("到期重新分级"), "load_grades": gettext_lazy("更新分级"),
    "load_coverage": gettext_lazy("更新覆盖台账"), "load_ground": gettext_lazy("载入网格与房屋"),
    "load_workers": gettext_lazy("载入网格员"), "sign_tasks": gettext_lazy("签发信封"), "open_task": gettext_lazy("打开信封"),
    "close_task": gettext_lazy("办结信封"), "take_answers": gettext_lazy("收下结果"), "settle_dispute": gettext_lazy("裁定分歧"),
    "redivide": gettext_lazy("调整网格"), "redivide_ground": gettext_lazy("划转住户"), "reassign": gettext_lazy("移交网格"), "lose_phone": gettext_lazy("登记遗失手机"),
    "rehome_sent": gettext_lazy("信封归位"), "rehome_households": gettext_lazy("家庭归位"), "rehome_campaign_doors": gettext_lazy("补问归位"), "rehome_coverage": gettext_lazy("台账归位"),
    "draw_rechecks": gettext_lazy("抽取复核"), "record_recheck": gettext_lazy("填写复核"), "add_users": gettext_lazy("增加账号"),
    "system_user": gettext_lazy("建立系统账号"), "confirm_contact": gettext_lazy("审定接触类别"), "propose_protocol": gettext_lazy("提出方案"), "sign_protocol": gettext_lazy("签发方案"), "withdraw_protocol": gettext_lazy("撤回方案"),
    "draft_emergency": gettext_lazy("起草应急响应"),
    "change_draft": gettext_lazy("修改应急响应草稿"), "ask_of_emergency": gettext_lazy("提请应急阶段变更"), "sign_emergency": gettext_lazy("签署应急响应"),
    "propose_campaign": gettext_lazy("提出采集"), "approve_campaign": gettext_lazy("批准采集"), "withdraw_campaign": gettext_lazy("收回采集"),
    "take_reports": gettext_lazy("登记补问"), "take_values": gettext_lazy("更新登记"), "found_households": gettext_lazy("普查登记新户"),
    "confirm_units": gettext_lazy("更新覆盖台账"), "profile_list": gettext_lazy("打开需关爱的名单"),
    "door_list": gettext_lazy("列出补问的门"), "door": gettext_lazy("打开补问的门"),
    "propose_sunset": gettext_lazy("提出销毁"), "approve_sunset": gettext_lazy("批准销毁"), "keep_needles": gettext_lazy("留存抽样"),
    "destroy_event_vault": gettext_lazy("销毁密钥与数据"), "write_certificate": gettext_lazy("写出销毁证书"),
    "sign_certificate": gettext_lazy("签署销毁证书"),
    "open_urgent_look": gettext_lazy("紧急查看"), "review_urgent_look": gettext_lazy("复核紧急查看"),
    "urgent_search": gettext_lazy("紧急查找"), "urgent_look": gettext_lazy("看紧急查看的一人"),
    "file_appeal": gettext_lazy("提出申诉"), "add_to_appeal": gettext_lazy("补充申诉"), "withdraw_appeal": gettext_lazy("撤回申诉"),
    "acknowledge_appeal": gettext_lazy("受理申诉"), "ask_about_appeal": gettext_lazy("请申诉人补充"),
    "uphold_appeal": gettext_lazy("维持等级"), "correct_appeal": gettext_lazy("更正等级"), "appeal": gettext_lazy("打开申诉"),
    "appeal_list": gettext_lazy("列出申诉"), "why": gettext_lazy("说明等级"), "why_find": gettext_lazy("查找要说明的人"),
    "wrong_number": gettext_lazy("回执号或凭条号不对"),
    "propose_release": gettext_lazy("提出发布"), "approve_release": gettext_lazy("批准发布"),
}  # fmt: skip


FACTS = {
    "entries": gettext_lazy("条数"), "problems": gettext_lazy("不一致"), "heads": gettext_lazy("树头"), "how": gettext_lazy("方式"),
    "n": gettext_lazy("数量"), "rows": gettext_lazy("行数"), "held": gettext_lazy("暂存"), "code": gettext_lazy("编号"),
    "state": gettext_lazy("状态"), "leads": gettext_lazy("线索"), "tasks": gettext_lazy("信封"), "people": gettext_lazy("人数"),
    "households": gettext_lazy("家庭"), "links": gettext_lazy("名单行"), "cases": gettext_lazy("病例"),
    "exposures": gettext_lazy("接触"), "grades": gettext_lazy("分级"), "settled": gettext_lazy("得到结果"),
    "accepted": gettext_lazy("收下"), "same": gettext_lazy("重复"), "conflict": gettext_lazy("冲突"), "refused": gettext_lazy("被拒"),
    "agrees": gettext_lazy("一致"), "list": gettext_lazy("清单"), "bytes": gettext_lazy("字节"), "area": gettext_lazy("区域"),
    "areas": gettext_lazy("区域"), "dwellings": gettext_lazy("房屋"), "before": gettext_lazy("原来"), "after": gettext_lazy("改为"),
    "task": gettext_lazy("信封"), "batch": gettext_lazy("批次"), "verdict": gettext_lazy("结论"), "new": gettext_lazy("新增"),
    "update": gettext_lazy("更新"), "error": gettext_lazy("错误"), "faulty": gettext_lazy("待人工"), "dropped": gettext_lazy("丢弃的列"),
    "replaced": gettext_lazy("被替换的批次"), "corrected": gettext_lazy("更正的行"), "mode": gettext_lazy("方式"),
    "columns": gettext_lazy("列数"), "header_row": gettext_lazy("表头行"), "tries": gettext_lazy("次数"),
}  # fmt: skip


def permission_words(code: str) -> Any:
    return PERMISSIONS.get(code, code)


def verb_words(verb: str, permission: str) -> Any:
    return VERBS.get(verb) or PERMISSIONS.get(permission) or verb


def facts_words(facts: dict[str, Any]) -> str:
    """Counts and codes of an event in one line; lists of ids only by their number."""
    return " · ".join(
        f"{FACTS.get(key, key)} {_fact(key, value)}"
        for key, value in facts.items()
        if not isinstance(value, list | dict)
    )


def _fact(key: str, value: Any) -> Any:
    """Purposes by their names, big counts with their spaces; everything else as it stands."""
    if key in {"before", "after"} and isinstance(value, str) and value in table()["purpose"]:
        return label("purpose", value, get_language() or "zh-hans")
    return f"{value:,}".replace(",", "\u2009") if isinstance(value, int) and not isinstance(value, bool) else value
