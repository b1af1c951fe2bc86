from wangge_server.accounts.models.signing_key import SigningKey
from wangge_server.accounts.models.user import User

__all__ = ["SigningKey", "User"]
