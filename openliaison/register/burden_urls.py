"""Addresses of the pages about asked time, beneath /enterprises/time/."""

from django.urls import path

from .views import burden

urlpatterns = [
    path("", burden.our_time, name="our_time"),
    path("lines/", burden.lines, name="time_lines"),
    path("offices/", burden.offices, name="time_offices"),
    path("by-us/", burden.asked_by_us, name="asked_by_us"),
    path("wait/<int:enterprise_id>/", burden.ask_to_wait, name="ask_to_wait"),
]
