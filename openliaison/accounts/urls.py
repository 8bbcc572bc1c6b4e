from django.urls import path

from . import invitation_views, organisation_views, people_views, token_views, views

app_name = "accounts"
urlpatterns = [
    path("log-in/", views.log_in, name="login"),
    path("log-out/", views.log_out, name="logout"),
    path("role/", views.switch_role, name="switch_role"),
    path("me/", views.me, name="me"),
    path("me/profile/", views.edit_profile, name="edit_profile"),
    path("me/password/", views.change_password, name="change_password"),
    path("me/sessions/", views.log_out_everywhere, name="log_out_everywhere"),
    path("join/<str:token>/", views.join, name="join"),
    path("invitations/", invitation_views.invitations, name="invitations"),
    path("invitations/new/", invitation_views.invite, name="invite"),
    path("invitations/<int:invitation_id>/paper/", invitation_views.paper, name="paper"),
    path("invitations/<int:invitation_id>/revoke/", invitation_views.revoke, name="revoke_invitation"),
    path("invitations/<int:invitation_id>/renew/", invitation_views.renew, name="renew_invitation"),
    path("people/", people_views.people, name="people"),
    path("people/<int:user_id>/", people_views.person, name="person"),
    path("people/<int:user_id>/new-password/", invitation_views.new_password_link, name="new_password_link"),
    path("people/<int:user_id>/reactivate/", people_views.reactivate, name="reactivate"),
    path("roles/<int:role_id>/", people_views.edit_role, name="edit_role"),
    path("organisations/", organisation_views.organisations, name="organisations"),
    path("organisations/new/", organisation_views.add_organisation, name="add_organisation"),
    path("organisations/<int:organisation_id>/", organisation_views.organisation, name="organisation"),
    path("tokens/", token_views.token_list, name="token_list"),
    path("tokens/<int:token_id>/revoke/", token_views.revoke_token, name="revoke_token"),
]
