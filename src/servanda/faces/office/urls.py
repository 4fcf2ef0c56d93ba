"""The addresses of the office."""

from django.urls import URLPattern, URLResolver, include, path

from servanda.faces.office import (
    acceptances,
    acts,
    agreement_pages,
    bank_acts,
    bank_pages,
    books_pages,
    changing,
    collection_pages,
    drafting,
    einvoice_pages,
    guard_pages,
    guardian_acts,
    hosting_acts,
    hosting_pages,
    member_pages,
    pages,
    payout_pages,
    refund_pages,
    report_pages,
    staff_pages,
    task_acts,
    vat_pages,
)
from servanda.faces.office.signing_in import sign_in, sign_out

COMPANY: list[URLPattern | URLResolver] = [
    path("", pages.today, name="today"),
    path("customers/", pages.customers, name="customers"),
    path("customers/<str:number>/", pages.customer_page, name="customer"),
    path("customers/<str:number>/acceptances/<int:acceptance_id>/", acceptances.acceptance_page, name="acceptance"),
    path(
        "customers/<str:number>/acceptances/<int:acceptance_id>/proof/", acceptances.proof_file, name="acceptance-proof"
    ),
    path("customers/<str:number>/acceptances/<int:acceptance_id>/text/", acceptances.text_file, name="acceptance-text"),
    path("invoices/<int:number>/", pages.invoice_page, name="invoice"),
    path("invoices/<int:number>/ladder/", pages.invoice_ladder, name="invoice-ladder"),
    path("invoices/<int:number>/dispute/", acts.dispute, name="dispute"),
    path("invoices/<int:number>/plan/", acts.payment_plan, name="payment-plan"),
    path("invoices/<int:number>/resume/", acts.resume, name="end-pause"),
    path("invoices/<int:number>/credit/", acts.credit, name="credit"),
    path("letters/<int:letter_id>/document/", pages.document_page, name="document"),
    path("ladder/", pages.ladder, name="ladder"),
    path("matching/", bank_pages.matching, name="matching"),
    path("matching/allocate/", acts.allocate, name="allocate"),
    path("matching/explain/", acts.explain, name="explain"),
    path("mails/", pages.mails, name="mails"),
    path("mails/<str:name>/", pages.mail_page, name="mail"),
    path("mails/<str:name>/<int:position>/", pages.attachment, name="attachment"),
    path("brake/", acts.brake, name="brake"),
    path("time/", acts.move, name="move-time"),
    path("decide/", acts.decide, name="decide"),
    path("law/confirm/", acts.confirm_law_figure, name="confirm-figure"),
    path("letters/<int:letter_id>/again/", acts.send_letter_again, name="send-again"),
    path("services/<int:service_id>/purge/", acts.purge, name="purge"),
    path("services/<int:service_id>/put-back/", acts.put_back, name="put-back"),
    path("notices/<int:notice_id>/decide/", acts.settle_notice, name="decide-notice"),
    path("guardians/<int:guardian_id>/decide/", guardian_acts.decide_guardian, name="decide-guardian"),
]

BANK: list[URLPattern | URLResolver] = [
    path("matching/accept/", bank_acts.accept, name="accept-match"),
    path("matching/many/", bank_pages.bulk, name="bulk-match"),
    path("matching/many/accept/", bank_acts.accept_many, name="accept-many"),
    path("matching/split/", bank_acts.split, name="split-entry"),
    path("matching/undo/", bank_acts.undo, name="undo-entry"),
    path("matching/credit/", bank_acts.credit_customer, name="credit-entry"),
    path("matching/upload/", bank_acts.upload, name="upload-bank-file"),
    path("matching/small/", bank_acts.small_differences, name="small-differences"),
    path("matching/layouts/", bank_pages.layouts, name="layouts"),
    path("matching/layouts/keep/", bank_acts.keep_layout, name="keep-layout"),
    path("invoices/<int:number>/write-off/", bank_acts.write_off, name="write-off"),
]

AGREEMENT: list[URLPattern | URLResolver] = [
    path("agreement/", agreement_pages.agreement, name="agreement"),
    path("agreement/file/", agreement_pages.agreement_file, name="agreement-file"),
    path("agreement/compare/", agreement_pages.compare, name="compare"),
    path("agreement/drafts/", agreement_pages.drafts, name="drafts"),
    path("agreement/drafts/start/", drafting.start, name="start-draft"),
    path("agreement/drafts/<int:draft_id>/", agreement_pages.draft, name="draft"),
    path("agreement/drafts/<int:draft_id>/figure/", drafting.change_figure, name="change-figure"),
    path("agreement/drafts/<int:draft_id>/text/", drafting.rewrite, name="rewrite-draft"),
    path("agreement/drafts/<int:draft_id>/class/", drafting.class_and_reason, name="class-draft"),
    path("agreement/drafts/<int:draft_id>/forecast/", drafting.forecast, name="forecast-draft"),
    path("agreement/drafts/<int:draft_id>/approve/", drafting.approve, name="approve-draft"),
    path("agreement/drafts/<int:draft_id>/publish/", drafting.publish, name="publish-draft"),
    path("agreement/drafts/<int:draft_id>/drop/", drafting.drop, name="drop-draft"),
    path("agreement/changes/", agreement_pages.changes, name="changes"),
    path("agreement/changes/<int:change_id>/", agreement_pages.change, name="change"),
    path("agreement/changes/<int:change_id>/tell/", changing.tell_again, name="tell-again"),
    path("agreement/discontinue/", agreement_pages.discontinue, name="discontinue"),
    path("agreement/discontinue/propose/", changing.propose_end, name="propose-end"),
    path("agreement/transfer/", agreement_pages.transfer, name="transfer"),
    path("agreement/transfer/weigh/", changing.weigh, name="weigh-transfer"),
    path("agreement/transfer/propose/", changing.propose_transfer, name="propose-transfer"),
    path("agreement/proposals/<int:proposal_id>/", agreement_pages.proposal, name="proposal"),
    path("agreement/proposals/<int:proposal_id>/confirm/", changing.confirm, name="confirm-proposal"),
    path("agreement/proposals/<int:proposal_id>/decline/", changing.decline, name="decline-proposal"),
    path("customers/<str:number>/agreement/", agreement_pages.customer_agreement, name="customer-agreement"),
    path("customers/<str:number>/agreement/leave/", changing.leave, name="leave-by-change"),
    path("customers/<str:number>/agreement/accept/", changing.accept, name="accept-version"),
]

BOOKS: list[URLPattern | URLResolver] = [
    path("books/", books_pages.books, name="books"),
    path("books/vouchers/<int:number>/", books_pages.voucher, name="voucher"),
    path("books/kept/", books_pages.kept, name="books-kept"),
    path("books/export/", books_pages.export, name="books-export"),
    path("books/close/", books_pages.close, name="books-close"),
    path("books/reopen/", books_pages.reopen, name="books-reopen"),
    path("books/reopen/answer/", books_pages.answer, name="books-answer"),
]

REPORTS: list[URLPattern | URLResolver] = [
    path("reports/", report_pages.reports, name="reports"),
    path("reports/<slug:name>/", report_pages.report, name="report"),
    path("reports/rows/<slug:name>/", report_pages.rows, name="report-rows"),
]

VAT: list[URLPattern | URLResolver] = [
    path("vat/", vat_pages.vat, name="vat"),
    path("vat/file/", vat_pages.vat_file, name="vat-file"),
    path("vat/one-stop-shop/", vat_pages.choose_shop, name="choose-shop"),
    path("customers/<str:number>/vat/check/", vat_pages.check_number, name="check-number"),
    path("customers/<str:number>/vat/number/", vat_pages.change_number, name="change-number"),
    path("customers/<str:number>/vat/location/", vat_pages.add_location, name="add-location"),
    path("customers/<str:number>/vat/move/", vat_pages.move_abroad, name="move-abroad"),
    path("customers/<str:number>/vat/dealer/", vat_pages.mark_dealer, name="mark-dealer"),
]

PAYING_BACK: list[URLPattern | URLResolver] = [
    path("payouts/", payout_pages.payouts_page, name="payouts"),
    path("payouts/approve/", payout_pages.approve, name="approve-payout"),
    path("payouts/decline/", payout_pages.decline, name="decline-payout"),
    path("payouts/withdraw/", payout_pages.withdraw, name="withdraw-payout"),
    path("payouts/file/", payout_pages.make_file, name="make-payout-file"),
    path("payouts/files/<int:number>/", payout_pages.payout_file, name="payout-file"),
    path("payouts/answer/", payout_pages.hear, name="payout-answer"),
    path("payouts/see/", payout_pages.see, name="see-payout"),
    path("payouts/stop/", payout_pages.stop, name="stop-payouts"),
    path("customers/<str:number>/pay-back/", payout_pages.propose, name="propose-payout"),
]

COLLECTING: list[URLPattern | URLResolver] = [
    path("collections/", collection_pages.collections_page, name="collections"),
    path("collections/see/", collection_pages.see, name="see-collection"),
    path("customers/<str:number>/mandate/", collection_pages.note, name="note-mandate"),
    path("customers/<str:number>/mandate/end/", collection_pages.end, name="end-mandate"),
]

HOSTING: list[URLPattern | URLResolver] = [
    path("services/", hosting_pages.services_page, name="services"),
    path("services/<int:service_id>/", hosting_pages.service_page, name="service"),
    path("services/<int:service_id>/zones/<str:domain>/", hosting_pages.zone_page, name="zone"),
    path("services/<int:service_id>/zones/<str:domain>/file/", hosting_pages.zone_download, name="zone-file"),
    path("services/<int:service_id>/act/<slug:name>/", hosting_pages.service_act, name="service-act"),
    path("services/<int:service_id>/complaint/", task_acts.complaint, name="complaint"),
    path("services/<int:service_id>/task/end/", task_acts.end, name="end-task"),
    path("services/<int:service_id>/task/offer/", task_acts.offer, name="offer-change"),
    path("services/<int:service_id>/task/agree/", task_acts.agree, name="note-agreement"),
    path("services/<int:service_id>/task/answer/", task_acts.answer, name="answer-restore"),
    path("services/<int:service_id>/task/begin/", task_acts.begin, name="begin-restore"),
    path("services/<int:service_id>/hold/", hosting_acts.hold, name="hold-service"),
    path("services/<int:service_id>/lift/", hosting_acts.lift, name="lift-hold"),
    path("services/<int:service_id>/stop-mail/", hosting_acts.stop_mail, name="stop-mail"),
    path("services/<int:service_id>/answer-bulk/", hosting_acts.answer_bulk, name="answer-bulk"),
    path("services/<int:service_id>/confirm-domain/", hosting_acts.confirm, name="confirm-domain"),
    path("services/<int:service_id>/change-plan/", hosting_acts.change_plan, name="change-plan"),
    path("services/<int:service_id>/give-domain/", hosting_acts.give, name="give-domain"),
    path("services/<int:service_id>/lay-out/", hosting_acts.lay, name="lay-out"),
    path("nodes/", hosting_pages.nodes_page, name="nodes"),
    path("nodes/settle/", hosting_pages.settle, name="settle-refusal"),
]

MEMBERS: list[URLPattern | URLResolver] = [
    path("customers/<str:number>/people/", member_pages.members, name="members"),
    path("customers/<str:number>/people/invite/", member_pages.invite_member, name="invite-member"),
    path("customers/<str:number>/people/end/", member_pages.end_member, name="end-member"),
]

REFUNDS: list[URLPattern | URLResolver] = [
    path("customers/<str:number>/lines/<int:line_id>/", refund_pages.line, name="line"),
    path("customers/<str:number>/lines/<int:line_id>/end/", refund_pages.end, name="end-line"),
    path("customers/<str:number>/lines/<int:line_id>/withdraw/", refund_pages.withdraw, name="withdraw-line"),
    path("customers/<str:number>/lines/<int:line_id>/change/", refund_pages.change, name="change-line"),
    path("customers/<str:number>/lines/<int:line_id>/outage/", refund_pages.refund_outage, name="refund-outage"),
    path("invoices/<int:number>/collector/", refund_pages.hand_over, name="hand-over"),
    path("invoices/<int:number>/collector/file/", refund_pages.collection_csv, name="collection-file"),
]

EINVOICES: list[URLPattern | URLResolver] = [
    path("einvoices/", einvoice_pages.einvoices, name="einvoices"),
    path("einvoices/answers/", einvoice_pages.upload_answer, name="einvoice-upload"),
    path("einvoices/answers/<int:answer_id>/", einvoice_pages.einvoice_answer, name="einvoice-answer"),
    path(
        "einvoices/answers/<int:answer_id>/settle/",
        einvoice_pages.settle_einvoice_answer,
        name="einvoice-answer-settle",
    ),
    path("einvoices/<int:document_id>/file/", einvoice_pages.einvoice_file, name="einvoice-file"),
    path("einvoices/<int:document_id>/again/", einvoice_pages.send_einvoice_again, name="einvoice-again"),
    path("einvoices/<int:document_id>/settle/", einvoice_pages.settle_einvoice, name="einvoice-settle"),
    path("customers/<str:number>/invoicing/", einvoice_pages.invoicing, name="invoicing"),
    path("customers/<str:number>/contract-reference/", einvoice_pages.contract_reference, name="contract-reference"),
]

GUARD: list[URLPattern | URLResolver] = [
    path("guard/", guard_pages.guard, name="guard"),
    path("audit/", guard_pages.audit, name="audit"),
    path("audit/now/", guard_pages.audit_now, name="audit-now"),
]

OFFICE: list[URLPattern | URLResolver] = [
    path("", pages.companies, name="companies"),
    path("login/", sign_in, name="login"),
    path("logout/", sign_out, name="logout"),
    path("staff/", staff_pages.staff_page, name="staff"),
    path("staff/add/", staff_pages.add, name="add-staff"),
    path("staff/give/", staff_pages.give, name="give-role"),
    path("staff/end/", staff_pages.end, name="end-role"),
    path("staff/end-proofs/", staff_pages.end_proofs, name="end-proofs"),
    path("staff/link/", staff_pages.link, name="staff-link"),
    path("password/<str:uidb64>/<str:token>/", staff_pages.choose_password, name="choose-password"),
    path("installation/", guard_pages.installation, name="installation"),
    path("installation/step/", guard_pages.reconcile, name="reconcile-copy"),
    path("installation/take-over/", guard_pages.take_over, name="take-over"),
    path("installation/time/", guard_pages.time_is_right, name="time-is-right"),
    path("installation/work/", guard_pages.work_now, name="installation-work"),
    path(
        "c/<slug:slug>/",
        include(
            [
                *COMPANY,
                *BANK,
                *GUARD,
                *HOSTING,
                *PAYING_BACK,
                *COLLECTING,
                *MEMBERS,
                *REFUNDS,
                *BOOKS,
                *EINVOICES,
                *REPORTS,
                *VAT,
                *AGREEMENT,
            ]
        ),
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((OFFICE, "office"))),
    path("choices/", include("servanda.faces.parts.urls")),
]
