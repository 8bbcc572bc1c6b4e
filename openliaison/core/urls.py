from django.urls import path

from . import settings_views, views

app_name = "core"
urlpatterns = [
    path("language/", views.set_language, name="set_language"),
    path("views/save/", views.save_view, name="save_view"),
    path("views/<int:view_id>/drop/", views.drop_view, name="drop_view"),
    path("settings/", settings_views.index, name="settings"),
    path("settings/calendar/", settings_views.calendar, name="settings_calendar"),
    path("settings/calendar/day/", settings_views.set_day, name="settings_set_day"),
    path("settings/calendar/<int:day_id>/clear/", settings_views.clear_day, name="settings_clear_day"),
    path("settings/calendar/load/", settings_views.load_year, name="settings_load_year"),
    path("settings/clocks/", settings_views.clocks, name="settings_clocks"),
    path("settings/clocks/<slug:key>/", settings_views.clock, name="settings_clock"),
    path("settings/values/", settings_views.values, name="settings_values"),
    path("settings/values/<slug:key>/", settings_views.value, name="settings_value"),
    path("settings/words/<slug:language>/", settings_views.words, name="settings_words"),
]
