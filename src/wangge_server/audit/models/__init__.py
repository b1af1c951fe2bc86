from wangge_server.audit.models.event import Event
from wangge_server.audit.models.sealed import Head, Leaf, Node, Pending

__all__ = ["Event", "Head", "Leaf", "Node", "Pending"]
