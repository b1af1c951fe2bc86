from wangge_server.risk.models.grade import Grade

__all__ = ["Grade"]
