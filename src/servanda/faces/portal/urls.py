"""The addresses of the customers' pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path, reverse_lazy

from servanda.faces.parts.access import access
from servanda.faces.parts.signing_in import SignIn
from servanda.faces.portal import (
    guardians,
    hosting_pages,
    invitations,
    leaving,
    ordering,
    own_data,
    own_login,
    pages,
    signing_up,
    taking_along,
)

sign_in = SignIn.as_view(template_name="portal/login.html", next_page=reverse_lazy("portal:accounts"))
sign_out = LogoutView.as_view(next_page=reverse_lazy("portal:login"))

app_name = "portal"
urlpatterns = [
    path("", pages.accounts, name="accounts"),
    path("login/", access(policy="anyone", methods=("GET", "POST"))(sign_in), name="login"),
    path("logout/", access(policy="anyone", methods=("POST",))(sign_out), name="logout"),
    path("invitation/<str:secret>/", invitations.invitation, name="invitation"),
    path("you/", own_login.you, name="you"),
    path("you/password/", own_login.new_password, name="new-password"),
    path("you/email/", own_login.new_email, name="change-email"),
    path("you/sittings/", own_login.sign_out_there, name="sign-out-there"),
    path("password/", own_login.forgotten, name="forgotten"),
    path("password/<str:secret>/", own_login.password, name="password"),
    path("email/<str:secret>/", own_login.email, name="new-email"),
    path("email/undo/<str:secret>/", own_login.undo_email, name="undo-email"),
    path("guardian/<str:secret>/", guardians.guardian, name="guardian"),
    path("start/<slug:slug>/", signing_up.start, name="start"),
    path("start/<slug:slug>/terms/<str:version>/", signing_up.public_terms, name="public-terms"),
    path("start/<slug:slug>/<str:secret>/", signing_up.who, name="start-who"),
    path("start/<slug:slug>/<str:secret>/order/", signing_up.want, name="start-want"),
    path("start/<slug:slug>/<str:secret>/check/", signing_up.check, name="start-check"),
    path("start/<slug:slug>/<str:secret>/guardian/", signing_up.guardian, name="start-guardian"),
    path("<slug:slug>/<str:number>/", pages.home, name="home"),
    path("<slug:slug>/<str:number>/services/", pages.services, name="services"),
    path("<slug:slug>/<str:number>/services/<int:service_id>/", hosting_pages.service, name="service"),
    path("<slug:slug>/<str:number>/services/<int:service_id>/act/<slug:name>/", hosting_pages.act, name="service-act"),
    path("<slug:slug>/<str:number>/services/<int:service_id>/zones/<str:domain>/", hosting_pages.zone, name="zone"),
    path(
        "<slug:slug>/<str:number>/services/<int:service_id>/zones/<str:domain>/file/",
        hosting_pages.zone_download,
        name="zone-file",
    ),
    path("<slug:slug>/<str:number>/invoices/", pages.invoices, name="invoices"),
    path("<slug:slug>/<str:number>/invoices/<int:invoice>/", pages.invoice, name="invoice"),
    path("<slug:slug>/<str:number>/documents/<int:letter_id>/", pages.invoice_file, name="document"),
    path("<slug:slug>/<str:number>/terms/<str:version>/", pages.terms, name="terms"),
    path("<slug:slug>/<str:number>/agreements/", leaving.agreements, name="agreements"),
    path("<slug:slug>/<str:number>/agreements/<int:line_id>/end/", leaving.end, name="end"),
    path("<slug:slug>/<str:number>/agreements/<int:line_id>/withdraw/", leaving.withdraw, name="withdraw"),
    path("<slug:slug>/<str:number>/agreements/<int:line_id>/receipt/", leaving.receipt, name="receipt"),
    path("<slug:slug>/<str:number>/details/", own_data.details, name="details"),
    path("<slug:slug>/<str:number>/news/", own_data.news, name="news"),
    path("<slug:slug>/<str:number>/export/", taking_along.export, name="export"),
    path("<slug:slug>/<str:number>/people/", pages.people, name="people"),
    path("<slug:slug>/<str:number>/order/", ordering.order, name="order"),
    path("<slug:slug>/<str:number>/order/place/", ordering.place, name="place-order"),
]
