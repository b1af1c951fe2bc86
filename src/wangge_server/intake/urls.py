from django.urls import path

from wangge_server.intake.views import batches, downloads, mappings, wizard

urlpatterns = [
    path("intake/", batches.batches, name="batches"),
    path("intake/upload/", wizard.upload, name="batch_upload"),
    path("intake/templates/<slug:list_name>.xlsx", downloads.template, name="list_template"),
    path("intake/mappings/", mappings.mappings, name="mappings"),
    path("intake/mappings/<int:pk>/forget/", mappings.forget, name="mapping_forget"),
    path("intake/<uuid:pk>/", batches.batch, name="batch"),
    path("intake/<uuid:pk>/state/", batches.state, name="batch_state"),
    path("intake/<uuid:pk>/table/", wizard.table, name="batch_table"),
    path("intake/<uuid:pk>/columns/", wizard.columns, name="batch_columns"),
    path("intake/<uuid:pk>/columns/draft/", wizard.draft, name="batch_draft"),
    path("intake/<uuid:pk>/confirm/", wizard.confirm, name="batch_confirm"),
    path("intake/<uuid:pk>/cancel/", wizard.cancel, name="batch_cancel"),
    path("intake/<uuid:pk>/held.csv", downloads.held_csv, name="batch_held"),
    path("intake/<uuid:pk>/errors.xlsx", downloads.errors, name="batch_errors"),
]
