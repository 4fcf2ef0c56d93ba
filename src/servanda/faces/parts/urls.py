"""Addresses that all faces with pages share."""

from django.urls import path
from django.views.i18n import set_language

from servanda.faces.parts.access import access
from servanda.faces.parts.themes import choose_theme

app_name = "parts"
urlpatterns = [
    path("language/", access(policy="anyone", methods=("POST",))(set_language), name="language"),
    path("theme/", choose_theme, name="theme"),
]
