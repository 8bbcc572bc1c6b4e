from django.urls import path

from . import views

app_name = "desks"
urlpatterns = [
    path("", views.home, name="home"),
    path("bell/", views.bell, name="bell"),
    path("bell/<uuid:task_id>/", views.tick, name="tick"),
    path("search/", views.search, name="search"),
    path("briefing/<int:enterprise_id>/", views.briefing, name="briefing"),
    path("not-contacted/", views.not_contacted, name="not_contacted"),
    path("more/", views.more, name="more"),
    path("help/", views.help_page, name="help"),
]
