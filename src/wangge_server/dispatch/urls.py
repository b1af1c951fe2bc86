from django.urls import path

from wangge_server.dispatch import handover_views, views

urlpatterns = [
    path("dispatch/", views.flow, name="dispatch"),
    path("dispatch/handover/", handover_views.handover, name="handover"),
    path("dispatch/handover/assign/", handover_views.handover_assign, name="handover_assign"),
    path("dispatch/handover/redivide/", handover_views.handover_redivide, name="handover_redivide"),
]
