from wangge_server.dictionary.models.confirmed_word import ConfirmedWord

__all__ = ["ConfirmedWord"]
