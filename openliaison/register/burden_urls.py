"""Addresses of the pages about asked time and data requests, beneath /enterprises/."""

from django.urls import path

from .views import burden, data

urlpatterns = [
    path("time/", burden.our_time, name="our_time"),
    path("time/lines/", burden.lines, name="time_lines"),
    path("time/offices/", burden.offices, name="time_offices"),
    path("time/by-us/", burden.asked_by_us, name="asked_by_us"),
    path("time/wait/<int:enterprise_id>/", burden.ask_to_wait, name="ask_to_wait"),
    path("data/", data.data_list, name="data_list"),
    path("data/ask/", data.ask, name="data_new"),
    path("data/<int:booking_id>/", data.data_request, name="data_request"),
    path("data/sheets/<uuid:sheet_id>/", data.data_sheet, name="data_sheet"),
]
