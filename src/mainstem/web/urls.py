"""All addresses. Each area of pages has its own list in ``web/routes``; the API hangs below ``/api``."""

from django.urls import include, path

urlpatterns = [
    path("", include("mainstem.web.routes.operating")),
    path("", include("mainstem.web.routes.reading")),
    path("", include("mainstem.web.routes.planning")),
    path("", include("mainstem.web.routes.challenging")),
    path("", include("mainstem.web.routes.committing")),
    path("", include("mainstem.web.routes.measuring")),
    path("", include("mainstem.web.routes.working")),
    path("", include("mainstem.web.routes.deciding")),
    path("", include("mainstem.web.routes.unbundling")),
    path("", include("mainstem.web.routes.workshops")),
    path("", include("mainstem.web.routes.finding")),
    path("", include("mainstem.web.routes.people")),
    path("api/", include("mainstem.api.urls")),
]

handler400 = "mainstem.web.views.failures.bad_request"
handler403 = "mainstem.web.views.failures.forbidden"
handler404 = "mainstem.web.views.failures.not_found"
handler500 = "mainstem.web.views.failures.failed"
