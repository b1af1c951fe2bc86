from django.urls import path

from wangge_server.sharing.views import catalogue, regions, register, shares

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
    # Other installations.
    path("regions/", regions.regions, name="regions"),
    path("regions/trust/", regions.region_trust, name="region_trust"),
    path("regions/inbox/", regions.inbox, name="region_inbox"),
    path("handovers/", regions.handovers, name="handovers"),
    path("handovers/new/", regions.handover_new, name="handover_new"),
    path("handovers/out/<uuid:pk>/", regions.handover, name="handover"),
    path("handovers/out/<uuid:pk>/try/", regions.handover_try, name="handover_try"),
    path("handovers/out/<uuid:pk>/keep/", regions.handover_keep, name="handover_keep"),
    path("handovers/in/<uuid:pk>/", regions.arrival, name="arrival"),
    path("handovers/in/<uuid:pk>/accept/", regions.arrival_accept, name="arrival_accept"),
    path("handovers/in/<uuid:pk>/refuse/", regions.arrival_refuse, name="arrival_refuse"),
]
