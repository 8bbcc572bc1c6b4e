from django.urls import path

from . import views

app_name = "visits"
urlpatterns = [
    path("", views.visit_list, name="visit_list"),
    path("record/", views.record, name="record"),
    path("<int:visit_id>/", views.visit, name="visit"),
    path("nothing-new/<int:enterprise_id>/", views.nothing_new, name="nothing_new"),
]
