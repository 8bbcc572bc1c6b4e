from django.urls import path

from . import proposal_views, views

urlpatterns = [
    path("", views.stationing, name="stationing"),
    path("officers/", views.officers, name="officers"),
    path("terms/", views.terms, name="terms"),
    path("terms/renew/", views.renew_terms, name="renew_terms"),
    path("propose/", proposal_views.propose, name="propose"),
    path("proposals/", proposal_views.proposals, name="proposals"),
    path("proposals/<int:proposal_id>/", proposal_views.proposal, name="proposal"),
    path("proposals/<int:proposal_id>/progress/", proposal_views.proposal_progress, name="proposal_progress"),
    path("proposals/<int:proposal_id>/resume/", proposal_views.resume, name="proposal_resume"),
    path("proposals/<int:proposal_id>/decide/", proposal_views.decide, name="proposal_decide"),
    path("suggestions/<int:suggestion_id>/undo/", proposal_views.undo, name="suggestion_undo"),
]
