from wangge_server.registry.models.household import Household
from wangge_server.registry.models.link import Link
from wangge_server.registry.models.person import Person

__all__ = ["Household", "Link", "Person"]
