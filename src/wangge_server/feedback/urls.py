from django.urls import path

from wangge_server.feedback import exchange_views, matter_views, views

urlpatterns = [
    path("supervision/", views.supervision, name="supervision"),
    path("supervision/draw/", views.draw, name="recheck_draw"),
    path("matters/", matter_views.matters, name="matters"),
    path("matters/new/", matter_views.matter_new, name="matter_new"),
    path("matters/csv/", exchange_views.matters_csv, name="matters_csv"),
    path("matters/csv/export/", exchange_views.matters_export, name="matters_export"),
    path("open311/v2/services.<str:form>", exchange_views.services, name="open311_services"),
    path("open311/v2/requests.<str:form>", exchange_views.requests, name="open311_requests"),
    path("open311/v2/requests/<str:number>.<str:form>", exchange_views.request_one, name="open311_request"),
    path("matters/<uuid:pk>/", matter_views.matter, name="matter"),
    path("matters/<uuid:pk>/report/<slug:act>/", matter_views.matter_report, name="matter_report"),
    path("matters/<uuid:pk>/accept/<slug:act>/", matter_views.matter_accept, name="matter_accept"),
    path("matters/<uuid:pk>/dispatch/<slug:act>/", matter_views.matter_dispatch, name="matter_dispatch"),
    path("matters/<uuid:pk>/handle/<slug:act>/", matter_views.matter_handle, name="matter_handle"),
    path("matters/<uuid:pk>/decide/<slug:act>/", matter_views.matter_decide, name="matter_decide"),
    path("matters/<uuid:pk>/verify/<slug:act>/", matter_views.matter_verify, name="matter_verify"),
    path("matters/<uuid:pk>/close/<slug:act>/", matter_views.matter_close, name="matter_close"),
    path("matters/<uuid:pk>/reopen/<slug:act>/", matter_views.matter_reopen, name="matter_reopen"),
]
