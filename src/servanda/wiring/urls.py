"""Which face answers which address."""

from django.urls import include, path

urlpatterns = [path("my/", include("servanda.faces.portal.urls")), path("", include("servanda.faces.office.urls"))]
