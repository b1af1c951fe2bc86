from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "wangge_server.feedback"
    label = "feedback"
    verbose_name = "督办"
