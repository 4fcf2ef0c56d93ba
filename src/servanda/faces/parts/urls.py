"""Addresses that all faces with pages share."""

from django.urls import path
from django.views.i18n import set_language

from servanda.faces.parts import account_pages, second
from servanda.faces.parts.access import access
from servanda.faces.parts.themes import choose_theme

app_name = "parts"
urlpatterns = [
    path("language/", access(policy="anyone", methods=("POST",))(set_language), name="language"),
    path("theme/", choose_theme, name="theme"),
    path("second/", second.second_step, name="second"),
    path("account/", account_pages.account, name="account"),
    path("account/code/", account_pages.code, name="account-code"),
    path("account/passkey/", account_pages.passkey, name="account-passkey"),
    path("account/paper/", account_pages.paper, name="account-paper"),
    path("account/end/", account_pages.end, name="account-end"),
]
