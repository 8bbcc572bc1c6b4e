from django.urls import path

from . import handover_views, joining, place_settings
from .views import cockpit, homes, meeting, needing, shell

app_name = "desks"
urlpatterns = [
    path("", homes.home, name="home"),
    path("assign/<int:case_id>/", homes.assign, name="assign"),
    path("rows/<slug:key>/", cockpit.behind, name="rows"),
    path("needs/", needing.needing_list, name="needing"),
    path("brief/", cockpit.brief, name="brief"),
    path("briefing/<int:enterprise_id>/", meeting.briefing, name="briefing"),
    path("dossier/<int:enterprise_id>/", meeting.dossier, name="dossier"),
    path("bell/", shell.bell, name="bell"),
    path("bell/read/", shell.read_all, name="read_all"),
    path("bell/<uuid:task_id>/", shell.tick, name="tick"),
    path("search/", shell.search, name="search"),
    path("more/", shell.more, name="more"),
    path("help/", shell.help_page, name="help"),
    path("handover/", handover_views.handover, name="handover"),
    path("handover/people/", handover_views.people_options, name="people_options"),
    path("handover/<int:handover_id>/brief/", handover_views.handover_brief, name="handover_brief"),
    path("cover/", handover_views.cover, name="cover"),
    path("cover/<int:handover_id>/end/", handover_views.end_cover, name="end_cover"),
    path("people/<int:user_id>/close/", handover_views.close_account, name="close_account"),
    path("enterprises/<int:enterprise_id>/people/", joining.invite_people, name="invite_people"),
    path("settings/categories/", place_settings.categories, name="categories"),
    path("settings/categories/<int:category_id>/", place_settings.category, name="category"),
    path("settings/facts/", place_settings.facts, name="facts"),
]
