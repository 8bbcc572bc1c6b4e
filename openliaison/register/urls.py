from django.urls import include, path

from .views import facts, files, held, lists, steering

app_name = "register"
urlpatterns = [
    path("", lists.enterprise_list, name="enterprise_list"),
    path("assign/", lists.assign_many, name="assign_many"),
    path("add/", files.add_enterprise, name="add_enterprise"),
    path("ours/", files.own_file, name="own_file"),
    path("imports/", include("openliaison.register.import_urls")),
    path("<int:enterprise_id>/", files.enterprise, name="enterprise"),
    path("<int:enterprise_id>/identity/", files.edit_identity, name="enterprise_identity"),
    path("<int:enterprise_id>/station/", steering.station, name="enterprise_station"),
    path("<int:enterprise_id>/contacts/add/", held.add_contact, name="enterprise_add_contact"),
    path("<int:enterprise_id>/sites/add/", held.add_site, name="enterprise_add_site"),
    path("<int:enterprise_id>/group/add/", held.add_tie, name="enterprise_add_tie"),
    path("<int:enterprise_id>/group/<int:tie_id>/end/", held.end_tie, name="enterprise_end_tie"),
    path("<int:enterprise_id>/facts/<slug:key>/", facts.fact, name="enterprise_fact"),
    path("<int:enterprise_id>/facts/<slug:key>/record/", facts.record_fact, name="record_fact"),
    path("<int:enterprise_id>/merge/", steering.merge, name="merge"),
    path("<int:enterprise_id>/merge/<int:other_id>/", steering.merge_two, name="merge_two"),
    path("merges/<int:merge_id>/undo/", steering.unmerge, name="unmerge"),
    path("facts/<int:fact_id>/confirm/", facts.confirm_fact, name="confirm_fact"),
    path("facts/<int:fact_id>/retract/", facts.retract_fact, name="retract_fact"),
    path("contacts/<int:contact_id>/", held.edit_contact, name="edit_contact"),
    path("contacts/<int:contact_id>/end/", held.end_contact, name="end_contact"),
    path("contacts/<int:contact_id>/main/", held.make_main_contact, name="make_main_contact"),
    path("sites/<int:site_id>/", held.edit_site, name="edit_site"),
    path("sites/<int:site_id>/close/", held.close_site, name="close_site"),
    path("links/<int:link_id>/end/", steering.end_stationing, name="end_stationing"),
]
