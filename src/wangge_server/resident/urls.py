from django.urls import path

from wangge_server.resident.views import appeals, checking, desk, explain, mine, passes, posters, public

urlpatterns = [
    # For anybody. Short, because they stand on walls.
    path("r/receipt/", public.receipt, name="resident_receipt"),
    path("r/receipt/withdraw/", public.withdraw, name="resident_withdraw"),
    path("r/<str:code>/", public.poster, name="resident_poster"),
    path("r/<str:code>/form/", public.fill, name="resident_fill"),
    path("r/<str:code>/form.xml", public.xform, name="resident_xform"),
    path("r/<str:code>/files/<str:name>", public.file, name="resident_file"),
    path("r/<str:code>/send/", public.send, name="resident_send"),
    path("r/<str:code>/done/", public.done, name="resident_done"),
    # For those who hang them up.
    path("posters/", posters.posters, name="posters"),
    path("posters/open/", posters.open_poster, name="poster_open"),
    path("posters/<uuid:pk>/", posters.poster, name="poster"),
    path("posters/<uuid:pk>/print/", posters.print_poster, name="poster_print"),
    path("posters/<uuid:pk>/paper/", posters.print_paper, name="poster_paper"),
    path("posters/<uuid:pk>/key/", posters.key, name="poster_key"),
    path("posters/<uuid:pk>/close/", posters.close, name="poster_close"),
    # A resident's pass, for whoever has a slip.
    path("pass/", passes.show, name="pass"),
    path("pass/why/", passes.why, name="pass_why"),
    path("pass/mine/", mine.ledger, name="mine"),
    path("pass/mine/proofs.json", mine.proofs, name="mine_proofs"),
    path("pass/leave/", passes.leave, name="pass_leave"),
    # An appeal, for whoever has a slip or a receipt.
    path("appeal/", appeals.start, name="appeal_start"),
    path("appeal/done/", appeals.done, name="appeal_done"),
    path("appeal/status/", appeals.status, name="appeal_status"),
    path("appeal/say/", appeals.say, name="appeal_say"),
    path("appeal/withdraw/", appeals.withdraw, name="appeal_withdraw"),
    path("appeal/figures/", appeals.figures, name="appeal_figures"),
    path("appeal/leave/", appeals.leave, name="appeal_leave"),
    # Why, for those who stand before the person, and an appeal on their behalf.
    path("explain/", explain.people, name="explain"),
    path("explain/<str:person_id>/", explain.person, name="explain_person"),
    path("explain/<str:person_id>/sheet/", explain.sheet, name="explain_sheet"),
    path("explain/<str:person_id>/appeal/", explain.file, name="explain_appeal"),
    # A gate's page, which works offline. The worker's reach is this folder.
    path("gate/worker.js", checking.worker, name="gate_worker"),
    path("gate/keys.json", checking.keys, name="gate_keys"),
    path("gate/<str:code>/", checking.check, name="gate_check"),
    # The desk.
    path("passes/", desk.desk, name="pass_desk"),
    path("passes/<str:person_id>/give/", desk.give, name="pass_give"),
    path("passes/<str:person_id>/paper/", desk.paper, name="pass_paper"),
    path("passes/<str:person_id>/back/", desk.take_back, name="pass_back"),
    path("checkpoints/", desk.checkpoints, name="checkpoints"),
    path("checkpoints/<uuid:pk>/activate/", desk.activate, name="checkpoint_activate"),
    path("checkpoints/<uuid:pk>/close/", desk.close, name="checkpoint_close"),
]
