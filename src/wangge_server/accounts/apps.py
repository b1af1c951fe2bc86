from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "wangge_server.accounts"
    label = "accounts"
    verbose_name = "账号"
