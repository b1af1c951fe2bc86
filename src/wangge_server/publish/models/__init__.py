from wangge_server.publish.models.release import Release

__all__ = ["Release"]
