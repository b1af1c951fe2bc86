from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "wangge_server.jobs"
    label = "jobs"
    verbose_name = "任务"

    def ready(self) -> None:
        from wangge_server.insight import queries as insight
        from wangge_server.jobs.queries import last_run

        insight.last_run = last_run
