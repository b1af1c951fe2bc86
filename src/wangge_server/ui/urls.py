from django.urls import path

from wangge_server.ui.views import audit, audit_heads, emergencies, entrance, protocols, settings

urlpatterns = [
    path("", entrance.home, name="home"),
    path("login/", entrance.login, name="login"),
    path("logout/", entrance.logout, name="logout"),
    path("language/", entrance.set_language, name="set_language"),
    path("purpose/", entrance.purpose, name="purpose"),
    path("health/", entrance.health, name="health"),
    path("emergencies/", emergencies.emergencies, name="emergencies"),
    path("emergencies/new/", emergencies.emergency_new, name="emergency_new"),
    path("emergencies/<slug:code>/", emergencies.emergency, name="emergency"),
    path("emergencies/<slug:code>/change/", emergencies.emergency_change, name="emergency_change"),
    path("emergencies/<slug:code>/ask/<slug:act>/", emergencies.emergency_ask, name="emergency_ask"),
    path("emergencies/<slug:code>/sign/<slug:act>/", emergencies.emergency_sign, name="emergency_sign"),
    path("protocols/", protocols.protocol, name="protocol"),
    path("protocols/key/", protocols.protocol_key, name="protocol_key"),
    path("protocols/<slug:label>/", protocols.protocol_version, name="protocol_version"),
    path("protocols/<slug:label>/sign/", protocols.protocol_sign, name="protocol_sign"),
    path("protocols/<slug:label>/withdraw/", protocols.protocol_withdraw, name="protocol_withdraw"),
    path("audit/", audit.audit, name="audit"),
    path("audit/heads/", audit_heads.heads, name="audit_heads"),
    path("audit/heads/verify/", audit_heads.verify_now, name="audit_verify"),
    path("audit/heads.txt", audit_heads.download, name="audit_heads_file"),
    path("audit/heads/<int:size>/print/", audit_heads.print_head, name="audit_head_print"),
    path("settings/policy/", settings.policy, name="policy"),
    path("settings/people/", settings.people, name="people"),
    path("settings/health/", settings.health_page, name="health_page"),
]
