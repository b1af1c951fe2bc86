from django.urls import path

from wangge_server.insight import gap_views, views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/screen/", views.screen, name="screen"),
    path("board/grids.geojson", views.grids_geojson, name="grids_geojson"),
    path("board/base.geojson", views.base_geojson, name="base_geojson"),
    path("grids/", views.grids, name="grids"),
    path("gaps/", gap_views.gaps, name="gaps"),
    path("gaps/<slug:name>/", gap_views.profile_list, name="profile_list"),
]
