from wangge_server.identity.models.group import Group
from wangge_server.identity.models.group_row import GroupRow
from wangge_server.identity.models.verdict import Verdict

__all__ = ["Group", "GroupRow", "Verdict"]
