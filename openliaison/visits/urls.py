from django.urls import include, path

from . import views
from .phone import shell

app_name = "visits"
pages = [
    path("", views.visit_list, name="visit_list"),
    path("record/", views.record, name="record"),
    path("<int:visit_id>/", views.visit, name="visit"),
    path("<int:visit_id>/note/", views.note, name="note"),
    path("<int:visit_id>/confirm/", views.confirm, name="confirm"),
    path("<int:visit_id>/objection/", views.objection, name="objection"),
    path("<int:visit_id>/correct/", views.correct, name="correct"),
    path("<int:visit_id>/undo/", views.undo, name="undo"),
    path("by-key/<uuid:key_id>/", views.by_key, name="by_key"),
    path("files/<uuid:file_id>/", views.picture, name="picture"),
    path("conflicts/", views.conflicts, name="conflicts"),
    path("conflicts/<int:conflict_id>/", views.settle_conflict, name="settle_conflict"),
    path("phones/", views.devices, name="devices"),
    path("phones/<uuid:device_id>/revoke/", views.revoke_device, name="revoke_device"),
    path("nothing-new/<int:enterprise_id>/", views.nothing_new, name="nothing_new"),
    path("ask/<int:enterprise_id>/", views.ask, name="ask"),
]
urlpatterns = [
    path("visits/", include(pages)),
    path("phone/", include("openliaison.visits.phone.urls")),
    path("stationing/", include("openliaison.visits.stationing.urls")),
    path("sw.js", shell.service_worker, name="service_worker"),
]
