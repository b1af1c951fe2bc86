from wangge_server.sharing.models.delivered import SharedPerson, ShareNotice
from wangge_server.sharing.models.share import Share, ShareMove, ShareReceipt

__all__ = ["Share", "ShareMove", "ShareNotice", "ShareReceipt", "SharedPerson"]
