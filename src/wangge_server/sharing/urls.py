from django.urls import path

from wangge_server.sharing.views import catalogue, register, shares

urlpatterns = [
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/catalogue.jsonld", catalogue.catalogue_dcat, name="catalogue_dcat"),
    path("shares/", shares.shares, name="shares"),
    path("shares/new/", shares.share_new, name="share_new"),
    # For anybody: what is shared, in aggregate.
    path("shares/register/", register.register, name="share_register"),
    path("shares/<uuid:pk>/", shares.share, name="share"),
    path("shares/<uuid:pk>/read/", shares.share_read, name="share_read"),
    path("shares/<uuid:pk>/confirm/", shares.share_confirm, name="share_confirm"),
    path("shares/<uuid:pk>/request/<slug:act>/", shares.share_request, name="share_request"),
    path("shares/<uuid:pk>/approve/<slug:act>/", shares.share_approve, name="share_approve"),
    path("shares/<uuid:pk>/revoke/<slug:act>/", shares.share_revoke, name="share_revoke"),
]
