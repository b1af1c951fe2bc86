from wangge_server.jobs.models.run import Run

__all__ = ["Run"]
