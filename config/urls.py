"""Every room's pages."""

from django.urls import include, path

from openliaison.core.views import health

from . import api

urlpatterns = [
    path("healthz", health, name="health"),
    path("", include("openliaison.desks.urls")),
    path("", include("openliaison.core.urls")),
    path("account/", include("openliaison.accounts.urls")),
    path("enterprises/", include("openliaison.register.urls")),
    path("cases/", include("openliaison.cases.urls")),
    path("", include("openliaison.visits.urls")),
    path("api/docs", api.docs, name="api_docs"),
    path("api/openapi.json", api.openapi, name="api_openapi"),
    path("api/", include(api)),
]
handler400 = "openliaison.core.views.bad_request"
handler403 = "openliaison.core.views.forbidden"
handler404 = "openliaison.core.views.not_found"
handler500 = "openliaison.core.views.server_error"
