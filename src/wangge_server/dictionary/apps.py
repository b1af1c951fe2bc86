from django.apps import AppConfig


class DictionaryConfig(AppConfig):
    name = "wangge_server.dictionary"
    label = "dictionary"
    verbose_name = "数据字典"
