"""The addresses of the office."""

from django.urls import URLPattern, URLResolver, include, path

from servanda.faces.office import acts, pages
from servanda.faces.office.signing_in import sign_in, sign_out

COMPANY: list[URLPattern | URLResolver] = [
    path("", pages.today, name="today"),
    path("customers/", pages.customers, name="customers"),
    path("customers/<str:number>/", pages.customer_page, name="customer"),
    path("invoices/<int:number>/", pages.invoice_page, name="invoice"),
    path("invoices/<int:number>/ladder/", pages.invoice_ladder, name="invoice-ladder"),
    path("invoices/<int:number>/dispute/", acts.dispute, name="dispute"),
    path("invoices/<int:number>/plan/", acts.payment_plan, name="payment-plan"),
    path("invoices/<int:number>/resume/", acts.resume, name="end-pause"),
    path("invoices/<int:number>/credit/", acts.credit, name="credit"),
    path("letters/<int:letter_id>/document/", pages.document_page, name="document"),
    path("ladder/", pages.ladder, name="ladder"),
    path("agreement/", pages.agreement, name="agreement"),
    path("matching/", pages.matching, name="matching"),
    path("matching/allocate/", acts.allocate, name="allocate"),
    path("matching/explain/", acts.explain, name="explain"),
    path("mails/", pages.mails, name="mails"),
    path("mails/<str:name>/", pages.mail_page, name="mail"),
    path("mails/<str:name>/<int:position>/", pages.attachment, name="attachment"),
    path("brake/", acts.brake, name="brake"),
    path("time/", acts.move, name="move-time"),
    path("decide/", acts.decide, name="decide"),
    path("letters/<int:letter_id>/again/", acts.send_letter_again, name="send-again"),
    path("services/<int:service_id>/purge/", acts.purge, name="purge"),
    path("services/<int:service_id>/put-back/", acts.put_back, name="put-back"),
    path("notices/<int:notice_id>/decide/", acts.settle_notice, name="decide-notice"),
]

OFFICE: list[URLPattern | URLResolver] = [
    path("", pages.companies, name="companies"),
    path("login/", sign_in, name="login"),
    path("logout/", sign_out, name="logout"),
    path("c/<slug:slug>/", include(COMPANY)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((OFFICE, "office"))),
    path("choices/", include("servanda.faces.parts.urls")),
]
