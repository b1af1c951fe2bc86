from django.urls import path

from wangge_server.identity import views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/next/", views.following, name="desk_next"),
    path("desk/<str:group_id>/", views.group, name="desk_group"),
    path("desk/<str:group_id>/settle/", views.settle, name="desk_settle"),
    path("desk/undo/<int:pk>/", views.undo, name="desk_undo"),
]
