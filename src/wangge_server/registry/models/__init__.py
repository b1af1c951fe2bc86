from wangge_server.registry.models.door_row import DoorRow
from wangge_server.registry.models.household import Household
from wangge_server.registry.models.household_check import HouseholdCheck
from wangge_server.registry.models.life_event import LifeEvent
from wangge_server.registry.models.link import Link
from wangge_server.registry.models.merge import Merge
from wangge_server.registry.models.person import Person
from wangge_server.registry.models.residence import Residence

__all__ = ["DoorRow", "Household", "HouseholdCheck", "LifeEvent", "Link", "Merge", "Person", "Residence"]
