from django.apps import AppConfig


class PublishConfig(AppConfig):
    name = "wangge_server.publish"
    label = "publish"
    verbose_name = "发布"
