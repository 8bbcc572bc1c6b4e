from django.urls import path

from . import views

app_name = "register"
urlpatterns = [
    path("", views.enterprise_list, name="enterprise_list"),
    path("<int:enterprise_id>/", views.enterprise, name="enterprise"),
    path("ours/", views.own_file, name="own_file"),
    path("facts/<int:fact_id>/confirm/", views.confirm_fact, name="confirm_fact"),
]
