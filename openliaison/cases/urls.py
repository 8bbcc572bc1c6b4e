from django.urls import path

from . import views

app_name = "cases"
urlpatterns = [
    path("", views.case_list, name="case_list"),
    path("raise/", views.raise_case, name="raise"),
    path("external/", views.external_refs, name="external_refs"),
    path("promises/", views.promise_list, name="promise_list"),
    path("promises/paper/", views.promise_paper, name="promise_paper"),
    path("promises/<int:promise_id>/", views.promise, name="promise"),
    path("promises/<int:promise_id>/settle/", views.settle_promise, name="settle_promise"),
    path("files/<uuid:file_id>/", views.attachment, name="attachment"),
    path("by-entry/<uuid:key_id>/", views.by_entry, name="by_entry"),
    path("of/<int:enterprise_id>/", views.of_enterprise, name="of_enterprise"),
    path("<int:case_id>/", views.case, name="case"),
    path("<int:case_id>/draft/", views.edit_draft, name="draft"),
    path("<int:case_id>/discard/", views.discard_draft, name="discard"),
    path("<int:case_id>/paper/", views.case_paper, name="paper"),
    path("<int:case_id>/letter/", views.reply_letter, name="letter"),
    path("<int:case_id>/verdict/<slug:answer>/", views.verdict, name="verdict"),
    path("<int:case_id>/<slug:verb>/", views.act, name="act"),
]
