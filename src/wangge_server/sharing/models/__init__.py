from wangge_server.sharing.models.delivered import SharedPerson, ShareNotice
from wangge_server.sharing.models.region import Arrival, Handover, Region
from wangge_server.sharing.models.share import Share, ShareMove, ShareReceipt

__all__ = ["Arrival", "Handover", "Region", "Share", "ShareMove", "ShareNotice", "ShareReceipt", "SharedPerson"]
