from django.urls import path

from wangge_server.vault import views

urlpatterns = [
    path("sunset/", views.sunset, name="sunset"),
    path("sunset/propose/", views.propose, name="sunset_propose"),
    path("sunset/approve/", views.approve, name="sunset_approve"),
    path("sunset/key/", views.key, name="sunset_key"),
    path("sunset/sign/", views.sign, name="sunset_sign"),
    path("sunset/certificate.json", views.certificate, name="sunset_certificate"),
]
