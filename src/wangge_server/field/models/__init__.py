from wangge_server.field.models.answer import Answer

__all__ = ["Answer"]
