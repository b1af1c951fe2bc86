from wangge_server.policy.models.reading_alarm import ReadingAlarm
from wangge_server.policy.models.urgent_look import UrgentLook

__all__ = ["ReadingAlarm", "UrgentLook"]
