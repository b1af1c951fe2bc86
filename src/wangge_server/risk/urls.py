from django.urls import path

from wangge_server.risk import views

urlpatterns = [
    path("judgement/", views.judgement, name="judgement"),
    path("judgement/cases/", views.cases, name="cases"),
    path("judgement/cases/<str:case_id>/", views.case, name="case"),
    path("judgement/protocol/", views.protocol, name="protocol"),
]
