from django.urls import path

from wangge_server.forms.views import campaigns, doors, harmonise, live

urlpatterns = [
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
]
