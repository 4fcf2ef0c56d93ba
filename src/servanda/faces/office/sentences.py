"""What happened and what will happen, as sentences. One table for the record, one for what is foreseen.

A sentence names figures of the event by their names without unit: `amount_minor` in the facts is `%(amount)s` here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, gettext_noop

from servanda.business.dunning.queries import Coming
from servanda.business.dunning.queries.foreseeing import ForeseenStep
from servanda.business.evidence.facts import Event
from servanda.faces.office.shown import Link, Sentence
from servanda.faces.office.words import CAUSES, REFUSED_FOR, language, word
from servanda.ground.calendar import day_text
from servanda.ground.money import Money, money_text


@dataclass(frozen=True, slots=True)
class Saying:
    text: str
    tone: str = "note"


HAPPENED: Mapping[str, Saying] = {
    "customer.added": Saying(gettext_noop("The customer was added.")),
    "address.changed": Saying(gettext_noop("The customer gave a new address.")),
    "customer.moved": Saying(gettext_noop("The customer moved from %(left)s to %(country)s.")),
    "vat_number.checked": Saying(gettext_noop("The VAT number was asked about.")),
    "vat_number.changed": Saying(gettext_noop("The customer gave another VAT number.")),
    "location.noted": Saying(gettext_noop("It was noted where the customer lives: %(country)s.")),
    "dealer.noted": Saying(gettext_noop("It was noted whether the customer is a registered dealer.")),
    "one_stop_shop.chosen": Saying(gettext_noop("A person chose on the One Stop Shop: %(reason)s")),
    "contract.concluded": Saying(gettext_noop("The contract was concluded.")),
    "contract.ended": Saying(gettext_noop("The contract was ended."), "stop"),
    "deviation.agreed": Saying(gettext_noop("A special agreement was made: %(name)s is %(value)s.")),
    "line.renewed": Saying(gettext_noop("The subscription began a new period, until %(until)s.")),
    "line.stopped": Saying(gettext_noop("It was decided that the subscription ends on %(ends)s."), "warn"),
    "line.ended": Saying(gettext_noop("The subscription ended.")),
    "notice.received": Saying(gettext_noop("A notice to end was received.")),
    "notice.decided": Saying(gettext_noop("A person decided on the notice: %(reason)s")),
    "notice.withdrawn": Saying(gettext_noop("The notice to end was withdrawn.")),
    "price.added": Saying(gettext_noop("A new price was added.")),
    "dispute.opened": Saying(gettext_noop("A disagreement about the contract was opened."), "warn"),
    "dispute.negotiated": Saying(gettext_noop("The disagreement was talked over.")),
    "dispute.moved": Saying(gettext_noop("The disagreement moved on to the next stage."), "warn"),
    "invoice.issued": Saying(gettext_noop("Invoice %(number)s for %(total)s was issued.")),
    "invoice.accepted": Saying(gettext_noop("No question came in time; the invoice counts as accepted.")),
    "invoice.credited": Saying(
        gettext_noop("Credit note %(credit_note)s for %(total)s was issued: %(reason)s"), "calm"
    ),
    "payment.received": Saying(gettext_noop("%(amount)s was received."), "calm"),
    "payment.reversed": Saying(gettext_noop("The bank took back a payment of %(amount)s."), "warn"),
    "payment.explained": Saying(gettext_noop("A person said what %(amount)s was for."), "calm"),
    "payment.undone": Saying(gettext_noop("A person took a payment of %(amount)s off again."), "warn"),
    "payment.split": Saying(gettext_noop("A payment of %(amount)s was divided."), "calm"),
    "credit.used": Saying(gettext_noop("%(amount)s of the customer's credit paid what was owed."), "calm"),
    "invoice.written-off": Saying(gettext_noop("%(amount)s was too little to ask for and is written off."), "calm"),
    "invoice.write-off-taken-back": Saying(gettext_noop("%(amount)s that was written off is owed again."), "warn"),
    "payment.late": Saying(gettext_noop("The due day passed without full payment."), "warn"),
    "reminder.written": Saying(gettext_noop("Reminder %(step)s was written; pay by %(deadline)s."), "warn"),
    "reminder.sent": Saying(gettext_noop("Reminder %(step)s was received; pay by %(deadline)s."), "warn"),
    "collection.warned": Saying(gettext_noop("Collection was warned of."), "warn"),
    "fee.charged": Saying(gettext_noop("A reminder fee of %(amount)s was charged."), "warn"),
    "interest.charged": Saying(gettext_noop("Interest of %(amount)s was charged."), "warn"),
    "compensation.charged": Saying(gettext_noop("Compensation of %(amount)s was charged."), "warn"),
    "charges.waived": Saying(gettext_noop("Charges of %(amount)s were waived."), "calm"),
    "hold.placed": Saying(gettext_noop("Services were suspended. Nothing is lost; paying lifts it."), "stop"),
    "hold.lifted": Saying(gettext_noop("%(name)s runs again."), "calm"),
    "breach.material": Saying(gettext_noop("The delay became a material breach."), "stop"),
    "arrears.cleared": Saying(gettext_noop("Everything overdue is paid."), "calm"),
    "not_specified": Saying(gettext_noop("The terms say nothing more; a person was asked."), "warn"),
    "service.quarantined": Saying(gettext_noop("%(name)s was closed; its data are kept."), "stop"),
    "service.put_back": Saying(gettext_noop("%(name)s was put back: %(reason)s"), "calm"),
    "purge.parked": Saying(gettext_noop("The data of %(name)s were not deleted; a person decides."), "warn"),
    "purge.ordered": Saying(gettext_noop("A person ordered that the data of %(name)s are deleted: %(reason)s"), "stop"),
    "data.purged": Saying(gettext_noop("The data of %(name)s were deleted."), "stop"),
    "price.told": Saying(gettext_noop("The customer was told of a new price.")),
    "order.placed": Saying(gettext_noop("They ordered %(name)s on their own pages."), "calm"),
    "access.invited": Saying(gettext_noop("Somebody was invited to act for them.")),
    "access.granted": Saying(gettext_noop("Somebody may act for them now.")),
    "access.signed_up": Saying(gettext_noop("They signed up by themselves, and hold the account.")),
    "access.password_changed": Saying(gettext_noop("Somebody who acts for them chose another password.")),
    "access.email_changed": Saying(gettext_noop("Somebody who acts for them signs in with another address."), "warn"),
    "access.email_restored": Saying(
        gettext_noop("Somebody took their former address back; it had been changed."), "warn"
    ),
    "choice.made": Saying(gettext_noop("Somebody chose whether to be written to about news.")),
    "guardian.answered": Saying(gettext_noop("A guardian answered about an order.")),
    "guardian.decided": Saying(gettext_noop("A person looked at a guardian's yes: %(reason)s")),
    "access.ended": Saying(gettext_noop("Somebody's right to act for them was ended.")),
    "mailbox.added": Saying(gettext_noop("A mailbox of %(name)s was added.")),
    "mailbox.changed": Saying(gettext_noop("A mailbox of %(name)s was changed.")),
    "mailbox.password_changed": Saying(gettext_noop("A mailbox of %(name)s got another password.")),
    "alias.added": Saying(gettext_noop("An alias of %(name)s was added.")),
    "alias.changed": Saying(gettext_noop("An alias of %(name)s was changed.")),
    "database.added": Saying(gettext_noop("A database of %(name)s was added.")),
    "database.user_added": Saying(gettext_noop("A database of %(name)s got another user.")),
    "database.user_removed": Saying(gettext_noop("A user of a database of %(name)s was removed.")),
    "database.password_changed": Saying(gettext_noop("A user of a database of %(name)s got another password.")),
    "database.access_changed": Saying(gettext_noop("It was changed from where a database of %(name)s may be used.")),
    "login.keys_changed": Saying(gettext_noop("The SFTP keys of %(name)s were changed.")),
    "login.password_changed": Saying(gettext_noop("The SFTP password of %(name)s was changed.")),
    "part.removed": Saying(gettext_noop("A part of %(name)s was removed; it can be put back."), "warn"),
    "part.put_back": Saying(gettext_noop("A part of %(name)s was put back."), "calm"),
    "part.erased": Saying(gettext_noop("A removed part of %(name)s was erased."), "stop"),
    "service.erased": Saying(gettext_noop("%(name)s was erased on its server."), "stop"),
    "site.names_changed": Saying(gettext_noop("The names of the site %(name)s were changed.")),
    "site.php_changed": Saying(gettext_noop("The PHP of %(name)s was changed.")),
    "site.redirects_changed": Saying(gettext_noop("The redirects of %(name)s were changed.")),
    "zone.record_added": Saying(gettext_noop("A record of the zone of %(name)s was added.")),
    "zone.record_changed": Saying(gettext_noop("A record of the zone of %(name)s was changed.")),
    "zone.record_removed": Saying(gettext_noop("A record of the zone of %(name)s was removed.")),
    "zone.replaced": Saying(gettext_noop("A zone file was put in place of the zone of %(name)s.")),
    "restore.ordered": Saying(gettext_noop("Something of %(name)s is to come back from a copy.")),
    "restore.undone": Saying(gettext_noop("What came back to %(name)s was taken away again.")),
    "export.ordered": Saying(gettext_noop("All data of %(name)s are put in one archive.")),
    "copy.made": Saying(gettext_noop("A copy was made.")),
    "copy.restored": Saying(gettext_noop("A copy was given back as a trial, and was whole."), "calm"),
    "copy.broken": Saying(gettext_noop("A copy was found broken."), "stop"),
    "copy.forgotten": Saying(gettext_noop("A copy past its time was let go.")),
    "errand.done": Saying(gettext_noop("The work on their service is done."), "calm"),
    "errand.failed": Saying(gettext_noop("The work on their service failed."), "stop"),
    "errand.running": Saying(gettext_noop("The work on their service has begun.")),
    "service.laid_out": Saying(gettext_noop("%(name)s, from before there was a server, was laid out on one.")),
    "node.resealed": Saying(gettext_noop("The passwords of a server were sealed for the key that it has now.")),
    "node.refused": Saying(gettext_noop("A server refused what it was told."), "stop"),
    "service.resized": Saying(gettext_noop("%(name)s has the sizes of its plan now.")),
    "storage.near": Saying(gettext_noop("%(name)s comes near to the space that was agreed; the customer was told.")),
    "storage.over": Saying(gettext_noop("%(name)s uses more space than was agreed; the customer was told."), "warn"),
    "load.found": Saying(gettext_noop("%(name)s loads its server exceptionally."), "warn"),
    "use.found": Saying(gettext_noop("%(name)s uses more than was agreed; a person was asked."), "warn"),
    "use.offered": Saying(gettext_noop("A larger subscription for %(name)s was offered, with the figures.")),
    "use.agreed": Saying(gettext_noop("The customer said yes to a larger subscription for %(name)s."), "calm"),
    "complaint.received": Saying(gettext_noop("A complaint about %(name)s was taken in."), "warn"),
    "restore.asked": Saying(gettext_noop("Data of %(name)s were asked back from a copy.")),
    "restore.answered": Saying(gettext_noop("It was said what giving back to %(name)s costs.")),
    "restore.agreed": Saying(gettext_noop("The customer said yes to what giving back to %(name)s costs."), "calm"),
    "task.done": Saying(gettext_noop("A person has seen to %(name)s."), "calm"),
    "preview.ordered": Saying(gettext_noop("It was looked at what giving back to %(name)s would change.")),
    "move-in.ordered": Saying(gettext_noop("A site is taken in for %(name)s.")),
    "mail-import.ordered": Saying(gettext_noop("Mail of %(name)s is fetched from another server.")),
    "deviation.ended": Saying(gettext_noop("A special agreement was ended: %(name)s.")),
    "law.confirmed": Saying(gettext_noop("A person confirmed a figure of the law, %(value)s, by %(source)s.")),
    "terms.approved": Saying(gettext_noop("A person said yes to the draft of version %(version)s of the terms.")),
    "terms.published": Saying(gettext_noop("Version %(version)s of the terms was published.")),
    "terms.told": Saying(gettext_noop("The customer was told of version %(to_version)s of the terms.")),
    "terms.moved": Saying(gettext_noop("Version %(to_version)s comes later: it holds from %(effect)s.")),
    "terms.bound": Saying(gettext_noop("Version %(to_version)s of the terms holds from %(bound)s.")),
    "terms.kept": Saying(gettext_noop("The contract never comes under version %(to_version)s of the terms.")),
    "terms.left": Saying(gettext_noop("The customer leaves because of version %(to_version)s of the terms."), "warn"),
    "terms.agreed": Saying(gettext_noop("The customer said yes to version %(to_version)s of the terms."), "calm"),
    "change.recorded": Saying(gettext_noop("A change was decided; it takes effect on %(effect)s.")),
    "change.activated": Saying(gettext_noop("A change took effect.")),
    "change.proposed": Saying(gettext_noop("A person asked for a change about %(subject)s: %(reason)s")),
    "change.confirmed": Saying(gettext_noop("A second person confirmed the change about %(subject)s.")),
    "change.declined": Saying(gettext_noop("The change about %(subject)s was declined.")),
    "vendor_terms.added": Saying(gettext_noop("The terms of %(name)s were added, version %(version)s.")),
    "letter.accepted": Saying(gettext_noop("The customer's mail server took in the letter."), "calm"),
    "letter.rejected": Saying(gettext_noop("The customer's mail server refused the letter."), "stop"),
    "letter.uncertain": Saying(gettext_noop("It is uncertain whether the letter arrived."), "warn"),
    "letter.sent_again": Saying(gettext_noop("A person had the letter sent again: %(reason)s")),
    "invoicing.changed": Saying(gettext_noop("How invoices go to the customer was changed.")),
    "einvoice.sent": Saying(gettext_noop("The e-invoice was handed over to the access point.")),
    "einvoice.accepted": Saying(gettext_noop("The e-invoice was received."), "calm"),
    "einvoice.rejected": Saying(gettext_noop("The receiver refused the e-invoice."), "stop"),
    "einvoice.parked": Saying(gettext_noop("The e-invoice could not be sent; a person was asked."), "warn"),
    "einvoice.replaced": Saying(gettext_noop("The e-invoice was taken back to be replaced: %(reason)s")),
    "einvoice.answer_settled": Saying(gettext_noop("A person dealt with an answer to an e-invoice: %(reason)s")),
    "claim.paused": Saying(gettext_noop("Dunning stands still: %(reason)s")),
    "claim.resumed": Saying(gettext_noop("Dunning goes on.")),
    "proposal.made": Saying(gettext_noop("A person was asked to decide: %(act)s.")),
    "proposal.approved": Saying(gettext_noop("A person said yes to %(act)s: %(reason)s")),
    "proposal.declined": Saying(gettext_noop("A person said no to %(act)s: %(reason)s")),
    "proposal.declined:not_specified": Saying(gettext_noop("A person has noted that the terms are silent: %(reason)s")),
    "mandate.made": Saying(gettext_noop("The customer agreed to be collected from.")),
    "mandate.ended": Saying(gettext_noop("The agreement to collect ended. The contract runs on."), "warn"),
    "collection.ordered": Saying(gettext_noop("%(amount)s is to be collected.")),
    "collection.paid": Saying(gettext_noop("%(amount)s was collected."), "calm"),
    "collection.rejected": Saying(gettext_noop("The customer refused the collection of %(amount)s."), "warn"),
    "collection.cancelled": Saying(gettext_noop("The collection of %(amount)s was cancelled."), "warn"),
    "collection.failed": Saying(gettext_noop("The collection of %(amount)s failed: %(reason)s"), "warn"),
    "collection.reversed": Saying(gettext_noop("The collection of %(amount)s was taken back."), "stop"),
    "collection.silent": Saying(gettext_noop("Nothing was heard of the collection of %(amount)s."), "warn"),
    "payout.proposed": Saying(gettext_noop("Paying back %(amount)s was proposed: %(reason)s")),
    "payout.approved": Saying(gettext_noop("A person said yes to paying back %(amount)s.")),
    "payout.declined": Saying(gettext_noop("A person said no to paying back %(amount)s: %(reason)s")),
    "payout.withdrawn": Saying(gettext_noop("Paying back %(amount)s was stopped: %(reason)s"), "warn"),
    "payout.withdrawn:taken back": Saying(
        gettext_noop("Paying back %(amount)s was stopped: the bank took back the payment behind it."), "warn"
    ),
    "payout.ordered": Saying(gettext_noop("The bank was told to pay back %(amount)s.")),
    "payout.seen": Saying(gettext_noop("%(amount)s was paid back."), "calm"),
    "payout.rejected": Saying(gettext_noop("The bank did not pay back %(amount)s: %(reason)s"), "warn"),
    "payout.returned": Saying(gettext_noop("%(amount)s that was paid back came back from the bank."), "warn"),
    "payout.seen_to": Saying(gettext_noop("A person has seen to payout %(number)s.")),
    "payouts.stopped": Saying(gettext_noop("All payouts were stopped: %(reason)s"), "stop"),
    "payouts.released": Saying(gettext_noop("Payouts go on: %(reason)s"), "calm"),
    "account.numbered": Saying(gettext_noop("An account got the number %(number)s.")),
    "number.voided": Saying(gettext_noop("Number %(number)s was noted as void: %(reason)s"), "warn"),
    "interest.lowered": Saying(gettext_noop("Interest of %(amount)s ran too far and was taken back."), "calm"),
    "time.given_back": Saying(gettext_noop("%(amount)s without VAT went back for time that is not used."), "calm"),
    "time.billed_again": Saying(gettext_noop("%(amount)s without VAT was billed again: it is used after all.")),
    "time.asked": Saying(gettext_noop("A person was asked whether %(amount)s of prepaid time goes back."), "warn"),
    "time.kept": Saying(gettext_noop("A person kept the money for prepaid time: %(reason)s"), "warn"),
    "outage.refunded": Saying(gettext_noop("%(amount)s without VAT went back for an outage: %(reason)s"), "calm"),
    "line.withdrawn": Saying(gettext_noop("The customer withdrew from the agreement."), "warn"),
    "line.changed": Saying(gettext_noop("The subscription was changed from %(before)s to %(after)s: %(reason)s")),
    "collection_fee.charged": Saying(gettext_noop("A fee of %(amount)s for the hand-over was charged."), "warn"),
    "collection.handed_over": Saying(gettext_noop("The claim was handed to %(collector)s: %(reason)s"), "stop"),
    "brake.engaged": Saying(gettext_noop("The brake was pulled: %(reason)s"), "stop"),
    "brake.engaged:range": Saying(
        gettext_noop("The brake went on by itself: %(done)s adverse acts today, and %(most)s are normal."), "stop"
    ),
    "brake.engaged:audit": Saying(
        gettext_noop("The brake went on by itself: the audit found invariant %(numbers)s newly broken."), "stop"
    ),
    "audit.ran:clean": Saying(gettext_noop("The audit checked %(checked)s invariants; nothing is broken."), "calm"),
    "audit.ran:broken": Saying(gettext_noop("The audit found %(violations)s broken rows."), "stop"),
    "copy.suspected": Saying(gettext_noop("The installation was taken for a copy: nothing is sent."), "stop"),
    "copy.reconciled": Saying(gettext_noop("A person has looked at what the copy may have missed."), "note"),
    "copy.confirmed": Saying(gettext_noop("A person let the copy take over: %(reason)s"), "warn"),
    "time.suspected": Saying(gettext_noop("What time it is came into doubt; adverse acts wait."), "stop"),
    "time.acknowledged": Saying(gettext_noop("A person said that the time is right: %(reason)s"), "calm"),
    "place.joined": Saying(gettext_noop("A further machine works with the database: %(reason)s")),
    "backup.made": Saying(gettext_noop("The installation was kept: %(rows)s rows in %(seconds)s s."), "calm"),
    "backup.failed": Saying(gettext_noop("The installation could not be kept: %(reason)s"), "stop"),
    "backup.drilled:good": Saying(
        gettext_noop("The last backup was put back in an empty place in %(seconds)s s; everything is there."), "calm"
    ),
    "backup.drilled:failed": Saying(gettext_noop("The last backup could not be put back as it was."), "stop"),
    "brake.released": Saying(gettext_noop("The brake was released: %(reason)s"), "calm"),
}

FORESEEN: Mapping[str, Saying] = {
    "reminder.sent": Saying(gettext_noop("Reminder %(step)s is sent; pay by %(deadline)s."), "warn"),
    "collection.warned": Saying(gettext_noop("Collection is warned of."), "warn"),
    "fee.charged": Saying(gettext_noop("A reminder fee of %(amount)s is charged."), "warn"),
    "interest.charged": Saying(gettext_noop("Interest of %(amount)s is charged."), "warn"),
    "compensation.charged": Saying(gettext_noop("Compensation of %(amount)s is charged."), "warn"),
    "charges.waived": Saying(gettext_noop("Charges of %(amount)s are waived, and the services run again."), "calm"),
    "hold.placed": Saying(gettext_noop("The services are suspended."), "stop"),
    "breach.material": Saying(gettext_noop("The delay becomes a material breach."), "stop"),
    "contract.ended": Saying(gettext_noop("The contract is ended."), "stop"),
    "data.purged": Saying(gettext_noop("The data are deleted."), "stop"),
    "not_specified": Saying(gettext_noop("The terms say nothing more; a person is asked."), "note"),
}

# What a claim waits for, by the reason that the decision gives.
AWAITED: Mapping[str, Saying] = {
    "due": Saying(gettext_noop("The invoice is late if it is not paid before this day.")),
    "demand": Saying(gettext_noop("The terms name no due day; a person is asked.")),
    "question": Saying(gettext_noop("The time for questions is over; the invoice counts as accepted.")),
    "reminder": Saying(gettext_noop("Reminder %(step)s is sent."), "warn"),
    "reminder deadline": Saying(gettext_noop("The last deadline has passed; a person is asked.")),
    "hold": Saying(gettext_noop("The services are suspended."), "stop"),
    "breach": Saying(gettext_noop("The delay becomes a material breach."), "stop"),
    "closure": Saying(gettext_noop("The contract may be ended."), "stop"),
    "interest": Saying(gettext_noop("Interest is charged."), "warn"),
    "bank day": Saying(gettext_noop("What is due waits for this bank day.")),
    "payment.late": Saying(gettext_noop("The due day has passed.")),
    "invoice.accepted": Saying(gettext_noop("The time for questions is over; the invoice counts as accepted.")),
}

RULED: Mapping[str, Saying] = {
    "invoice.issued": Saying(gettext_noop("The invoice is issued.")),
    "question.deadline": Saying(gettext_noop("Questions are to be asked by this day; later ones are taken in too.")),
    "payment.due": Saying(gettext_noop("The due day.")),
    "interest.from": Saying(gettext_noop("Interest runs from this day."), "warn"),
    "reminder.sent": Saying(gettext_noop("Reminder %(step)s is sent."), "warn"),
    "reminder.deadline": Saying(gettext_noop("The deadline of reminder %(step)s.")),
    "collection.warned": Saying(gettext_noop("Collection is warned of."), "warn"),
    "collection.deadline": Saying(gettext_noop("From here the claim may be handed to collection."), "stop"),
    "fee.charged": Saying(gettext_noop("A reminder fee of %(amount)s is charged."), "warn"),
    "interest.charged": Saying(gettext_noop("Interest is charged; so it goes on."), "warn"),
    "compensation.charged": Saying(gettext_noop("Compensation of %(amount)s is charged."), "warn"),
    "hold.placed": Saying(gettext_noop("The services are suspended."), "stop"),
    "breach.material": Saying(gettext_noop("The delay becomes a material breach."), "stop"),
    "contract.ended": Saying(gettext_noop("The contract is ended."), "stop"),
    "data.purged": Saying(gettext_noop("The data are deleted."), "stop"),
    "not_specified": Saying(gettext_noop("The terms say nothing more; a person is asked.")),
}

SHORT: Mapping[str, str] = {
    "invoice.issued": gettext_noop("Invoice"),
    "invoice.accepted": gettext_noop("Accepted by silence"),
    "payment.due": gettext_noop("Due day"),
    "payment.late": gettext_noop("Late"),
    "question.deadline": gettext_noop("Questions until here"),
    "interest.from": gettext_noop("Interest from here"),
    "reminder.deadline": gettext_noop("Deadline of reminder %(step)s"),
    "collection.deadline": gettext_noop("Collection allowed"),
    "payment.received": gettext_noop("Payment"),
    "reminder.sent": gettext_noop("Reminder %(step)s"),
    "reminder.written": gettext_noop("Reminder %(step)s"),
    "collection.warned": gettext_noop("Warning of collection"),
    "fee.charged": gettext_noop("Fee %(amount)s"),
    "interest.charged": gettext_noop("Interest %(amount)s"),
    "compensation.charged": gettext_noop("Compensation %(amount)s"),
    "charges.waived": gettext_noop("Waiver of charges"),
    "hold.placed": gettext_noop("Suspension"),
    "hold.lifted": gettext_noop("Running again"),
    "breach.material": gettext_noop("Material breach"),
    "contract.ended": gettext_noop("Closure"),
    "service.quarantined": gettext_noop("Closed, data kept"),
    "data.purged": gettext_noop("Deletion"),
    "not_specified": gettext_noop("A person is asked"),
}


class Figures(dict[str, str]):
    """The figures of a sentence; one that the record lacks shows as dots, and never breaks a page."""

    def __missing__(self, name: str) -> str:
        return "…"


def sentence_of(
    event: Event, *, links: Callable[[Event], tuple[Link, ...]], names: Mapping[str, str], shows_day: bool = True
) -> Sentence:
    """Return the record as a sentence; `names` are the staff members by the way the record names them."""
    saying = HAPPENED.get(f"{event.what}:{event.facts.get('act')}") or HAPPENED.get(event.what)
    text = filled(saying.text, event.facts) if saying is not None else event.what
    return Sentence(
        text=text,
        on=event.on_day if shows_day else None,
        tone=saying.tone if saying is not None else "note",
        because=event.because,
        links=links(event),
        by=names.get(event.by, ""),
        note=_answer(event),
    )


def _answer(event: Event) -> str:
    """Return the code that a mail server refused a letter with; its whole answer stands with the letter."""
    answer = event.facts.get("answer")
    if not answer or event.what != "letter.rejected":
        return ""
    return gettext("The server's answer: %(answer)s") % {"answer": answer}


def coming_sentence(coming: Coming, *, links: tuple[Link, ...]) -> Sentence:
    """Return what comes next on a claim as a sentence in the present tense."""
    saying = AWAITED.get(coming.waits_for) or FORESEEN.get(coming.waits_for) or Saying(coming.waits_for)
    figures = {"step": coming.step, "deadline_on": coming.on}
    return Sentence(
        text=filled(saying.text, figures),
        on=coming.on,
        tone=saying.tone,
        because=coming.because,
        links=links,
        is_planned=True,
    )


def foreseen_sentence(step: ForeseenStep, *, links: tuple[Link, ...] = ()) -> Sentence:
    """Return a step that would be taken as a sentence in the present tense."""
    saying = FORESEEN.get(step.what, Saying(step.what))
    text = filled(saying.text, figures_of_step(step))
    return Sentence(
        text=text,
        on=step.on,
        tone=saying.tone,
        because=step.because,
        links=links,
        note=_who_decides(step),
        is_planned=True,
    )


def _who_decides(step: ForeseenStep) -> str:
    if step.is_asked:
        return gettext("It waits for a person's yes.")
    return gettext("A person decides; this is the first day allowed.") if step.decided_by == "person" else ""


def figures_of_step(step: ForeseenStep) -> Mapping[str, object]:
    return {
        "step": step.step,
        "amount_minor": step.amount.minor if step.amount is not None else None,
        "deadline_on": step.deadline_on,
    }


def short_text(what: str, facts: Mapping[str, object]) -> str:
    """Return the name of a rung, as a picture has room for it."""
    return filled(SHORT.get(what, what), facts)


def cause_text(cause: str) -> str:
    """Return the cause of what is parked; what a warrant was refused for is told by the part of it that is known."""
    found = next((known for known in REFUSED_FOR if known in cause), None)
    return word(REFUSED_FOR, found) if found is not None else word(CAUSES, cause)


def filled(text: str, facts: Mapping[str, object]) -> str:
    """Return the text in the reader's language with the figures of the facts."""
    return gettext(text) % Figures(dict(_figure(name, value) for name, value in facts.items() if value is not None))


def _figure(name: str, value: object) -> tuple[str, str]:
    if name.endswith("_minor") and isinstance(value, int):
        return name.removesuffix("_minor"), money_text(Money(value), language()).replace(" ", "\u00a0")
    if name == "act":
        return name, short_text(str(value), {})
    if isinstance(value, date):
        return name.removesuffix("_on"), day_text(value, language())
    if isinstance(value, str) and (name.endswith("_on") or name in {"until", "since"}):
        return name.removesuffix("_on"), _day(value)
    return name, str(value)


def _day(text: str) -> str:
    try:
        return day_text(date.fromisoformat(text), language())
    except ValueError:
        return text
