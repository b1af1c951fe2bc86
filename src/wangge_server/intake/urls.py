from django.urls import path

from wangge_server.intake import views

urlpatterns = [
    path("intake/", views.batches, name="batches"),
    path("intake/upload/", views.upload, name="batch_upload"),
    path("intake/<uuid:pk>/", views.batch, name="batch"),
    path("intake/<uuid:pk>/state/", views.state, name="batch_state"),
    path("intake/<uuid:pk>/held.csv", views.held_csv, name="batch_held"),
]
