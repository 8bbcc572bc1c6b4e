from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("log-in/", views.log_in, name="login"),
    path("log-out/", views.log_out, name="logout"),
    path("role/", views.switch_role, name="switch_role"),
    path("me/", views.me, name="me"),
    path("join/<str:token>/", views.join, name="join"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/<int:user_id>/new-password/", views.new_password_link, name="new_password_link"),
    path("people/<int:user_id>/deactivate/", views.deactivate, name="deactivate"),
]
