from django.urls import path

from wangge_server.ui.views import entrance

urlpatterns = [
    path("", entrance.home, name="home"),
    path("login/", entrance.login, name="login"),
    path("logout/", entrance.logout, name="logout"),
    path("language/", entrance.set_language, name="set_language"),
    path("purpose/", entrance.purpose, name="purpose"),
    path("health/", entrance.health, name="health"),
]
