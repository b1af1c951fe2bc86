from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "wangge_server.policy"
    label = "policy"
    verbose_name = "policy"
