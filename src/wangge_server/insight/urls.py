from django.urls import path

from wangge_server.insight import gap_views, ledger_views, views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/screen/", views.screen, name="screen"),
    path("board/grids.geojson", views.grids_geojson, name="grids_geojson"),
    path("board/base.geojson", views.base_geojson, name="base_geojson"),
    path("grids/", views.grids, name="grids"),
    path("ledger/", ledger_views.door_ledger, name="door_ledger"),
    path("ledger/roots/print/", ledger_views.roots_print, name="roots_print"),
    path("ledger/door/<str:dwelling_id>/", ledger_views.door_history, name="door_history"),
    path("ledger/door/<str:dwelling_id>/door.json", ledger_views.door_proof, name="door_proof"),
    path("ledger/door/<str:dwelling_id>/print/", ledger_views.door_print, name="door_print"),
    path("gaps/", gap_views.gaps, name="gaps"),
    path("gaps/<slug:name>/", gap_views.profile_list, name="profile_list"),
]
