from wangge_server.accounts.models.user import User

__all__ = ["User"]
