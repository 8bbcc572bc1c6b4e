from django.urls import path

from . import import_views as views

urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("new/", views.import_new, name="import_new"),
    path("<int:batch_id>/", views.import_batch, name="import_batch"),
    path("<int:batch_id>/columns/", views.import_map, name="import_map"),
    path("<int:batch_id>/progress/", views.import_progress, name="import_progress"),
    path("<int:batch_id>/start/", views.import_start, name="import_start"),
    path("<int:batch_id>/again/", views.import_again, name="import_again"),
    path("<int:batch_id>/undo/", views.import_undo, name="import_undo"),
    path("rows/<int:row_id>/decide/", views.import_decide, name="import_decide"),
]
