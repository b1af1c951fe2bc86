from django.urls import path

from wangge_server.forms import api, central
from wangge_server.forms.views import campaigns, devices, doors, harmonise, live, received

CONSOLE = [
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="campaign_new"),
    path("campaigns/<uuid:pk>/", campaigns.campaign, name="campaign"),
    path("campaigns/<uuid:pk>/approve/", campaigns.approve, name="campaign_approve"),
    path("campaigns/<uuid:pk>/stop/", campaigns.stop, name="campaign_stop"),
    path("doors/", doors.doors, name="doors"),
    path("doors/<int:pk>/", doors.door, name="door"),
    path("forms/department/", harmonise.department_forms, name="department_forms"),
    path("forms/department/add/", harmonise.add, name="department_form_add"),
    path("forms/department/<int:pk>/", harmonise.department_form, name="department_form"),
    path("forms/department/<int:pk>/withdraw/", harmonise.withdraw, name="department_form_withdraw"),
    path("forms/union/", harmonise.union_form, name="union_form"),
    path("forms/union/report.html", harmonise.union_report, name="union_report"),
    path("forms/union/<slug:name>.xlsx", harmonise.union_workbook, name="union_book"),
    path("forms/", live.forms, name="forms"),
    path("forms/upload/", live.upload, name="form_upload"),
    path("forms/form/<str:form_id>/", live.form, name="form"),
    path("forms/versions/<uuid:pk>/", live.version, name="form_version"),
    path("forms/versions/<uuid:pk>/files/", live.add_file, name="form_add_file"),
    path("forms/versions/<uuid:pk>/publish/", live.publish, name="form_publish"),
    path("forms/versions/<uuid:pk>/retire/", live.retire, name="form_retire"),
    path("forms/versions/<uuid:pk>/preview/", live.preview, name="form_preview"),
    path("forms/versions/<uuid:pk>/form.xml", live.xform, name="form_xform"),
    path("forms/versions/<uuid:pk>/files/<str:name>", live.file, name="form_file"),
    path("forms/devices/", devices.devices, name="devices"),
    path("forms/devices/new/", devices.issue, name="device_issue"),
    path("forms/devices/<uuid:pk>/revoke/", devices.revoke, name="device_revoke"),
    path("forms/received/", received.submissions, name="submissions"),
    path("forms/received/<uuid:pk>/", received.submission, name="submission"),
    path("forms/received/<uuid:pk>/review/", received.review, name="submission_review"),
]
P = "projects/<int:project>"
FORM = f"{P}/forms/<str:form_id>"
OPENROSA = (
    (f"{P}/formList", api.form_list, "form_list"),
    (f"{P}/submission", api.submission, "submit"),
    (f"{FORM}/versions/<str:version>.xml", api.xform, "xform"),
    (f"{FORM}/versions/<str:version>/manifest", api.manifest, "manifest"),
    (f"{FORM}/versions/<str:version>/attachments/<str:name>", api.media, "media"),
    (f"{FORM}.xml", api.xform, "xform_newest"),
)
CENTRAL = (
    ("sessions", central.sessions, "session"),
    ("users/current", central.current_user, "user"),
    ("projects", central.projects, "projects"),
    (f"{P}/forms", central.forms, "forms"),
    (f"{FORM}/submissions", central.submissions, "submissions"),
    (f"{FORM}/submissions/<str:instance_id>/attachments", central.attachments, "attachments"),
    (f"{FORM}/submissions/<str:instance_id>/attachments/<str:name>", central.attachment, "attachment"),
    (f"{FORM}/submissions/<str:instance_id>", central.submission, "submission"),
    (f"{FORM}.svc/<str:name>", central.table, "table"),
    (FORM, central.form, "form"),
)
urlpatterns = [
    *CONSOLE,
    # The same way in twice: a device's key in the address, or a name and password in the header.
    *(path(f"v1/key/<str:key>/{route}", view, name=f"key_odk_{name}") for route, view, name in OPENROSA),
    *(path(f"v1/{route}", view, name=f"odk_{name}") for route, view, name in (*OPENROSA, *CENTRAL)),
]
