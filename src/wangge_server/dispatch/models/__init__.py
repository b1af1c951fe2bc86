from wangge_server.dispatch.models.gone import Gone
from wangge_server.dispatch.models.handover import Handover
from wangge_server.dispatch.models.lead import Lead
from wangge_server.dispatch.models.plan import Plan
from wangge_server.dispatch.models.task import Task
from wangge_server.dispatch.models.worker import Worker

__all__ = ["Gone", "Handover", "Lead", "Plan", "Task", "Worker"]
