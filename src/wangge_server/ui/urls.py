from django.urls import path

from wangge_server.ui.views import audit, audit_heads, entrance, settings

urlpatterns = [
    path("", entrance.home, name="home"),
    path("login/", entrance.login, name="login"),
    path("logout/", entrance.logout, name="logout"),
    path("language/", entrance.set_language, name="set_language"),
    path("purpose/", entrance.purpose, name="purpose"),
    path("health/", entrance.health, name="health"),
    path("audit/", audit.audit, name="audit"),
    path("audit/heads/", audit_heads.heads, name="audit_heads"),
    path("audit/heads/verify/", audit_heads.verify_now, name="audit_verify"),
    path("audit/heads.txt", audit_heads.download, name="audit_heads_file"),
    path("audit/heads/<int:size>/print/", audit_heads.print_head, name="audit_head_print"),
    path("settings/policy/", settings.policy, name="policy"),
    path("settings/people/", settings.people, name="people"),
    path("settings/health/", settings.health_page, name="health_page"),
]
