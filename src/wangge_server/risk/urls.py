from django.urls import path

from wangge_server.risk import views, views_appeals, views_cell

urlpatterns = [
    path("judgement/", views.judgement, name="judgement"),
    path("judgement/cases/", views.cases, name="cases"),
    path("judgement/cases/<str:case_id>/", views.case, name="case"),
    path("judgement/cases/<str:case_id>/confirm/", views.confirm, name="case_confirm"),
    path("appeals/", views_appeals.appeals, name="appeals"),
    path("appeals/<uuid:pk>/", views_appeals.appeal, name="appeal"),
    path("appeals/<uuid:pk>/<str:act>/", views_appeals.act, name="appeal_act"),
    path("cell/", views_cell.cell, name="cell"),
    path("cell/key/", views_cell.key, name="cell_key"),
    path("cell/key/revoke/", views_cell.revoke, name="cell_key_revoke"),
    path("cell/<uuid:pk>/", views_cell.cell, name="cell_batch"),
    path("cell/<uuid:pk>/sign/", views_cell.sign, name="cell_sign"),
    path("cell/<uuid:pk>/answer/", views_cell.answer, name="cell_answer"),
    path("cell/<uuid:pk>/recall/", views_cell.recall, name="cell_recall"),
]
