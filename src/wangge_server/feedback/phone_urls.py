from django.urls import path

from wangge_server.feedback import api

urlpatterns = [
    path("m/api/answers", api.answers, name="phone_answers"),
    path("m/api/rechecks", api.rechecks, name="phone_rechecks"),
    path("m/api/rechecks/<str:lead_id>", api.recheck, name="phone_recheck"),
]
