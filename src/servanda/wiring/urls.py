"""Which face answers which address."""

from django.urls import include, path

urlpatterns = [
    path("", include("servanda.faces.api.urls")),
    path("my/", include("servanda.faces.portal.urls")),
    path("", include("servanda.faces.office.urls")),
]
