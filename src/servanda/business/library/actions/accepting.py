"""Keeping what customers were shown and what they accepted, word for word; and the terms of vendors.

An acceptance names one text that is stored here. Neither can be changed afterwards: the database refuses it.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from servanda.business.evidence.actions import record
from servanda.business.library.facts import AcceptanceDraft, RenderedTerms, VendorTermsFacts
from servanda.business.library.models import Acceptance, ShownTerms, VendorTerms
from servanda.business.library.queries import vendor_terms_of
from servanda.ground.calendar import legal_day
from servanda.ground.refusal import Refused

MEDIA_TYPES = ("text/plain", "text/markdown", "application/pdf")
BYTES_MAX = 10_000_000


class NotVendorTerms(Refused):
    """The terms of a vendor cannot be kept as they were given."""


def keep_shown(company_id: int, shown: Iterable[RenderedTerms]) -> None:
    """Keep the texts under their hashes; one that is there already stays as it is."""
    rows = [
        ShownTerms(
            sha256=one.sha256,
            company_id=company_id,
            version=one.version,
            language=one.language,
            text=one.text,
            source_sha256=one.source_sha256,
        )
        for one in {one.sha256: one for one in shown}.values()
    ]
    ShownTerms.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def accept(draft: AcceptanceDraft, *, at: datetime) -> int:
    """Record an acceptance and return its number; of one that is recorded already, the number it has."""
    return accept_all([draft], at=at)[0]


@transaction.atomic
def accept_all(drafts: Iterable[AcceptanceDraft], *, at: datetime) -> tuple[int, ...]:
    """Record acceptances, with the texts of own terms that were accepted, and return their numbers in order."""
    wanted = tuple(drafts)
    for company_id in {draft.company_id for draft in wanted}:
        own = (draft.accepted for draft in wanted if draft.company_id == company_id)
        keep_shown(company_id, (one for one in own if isinstance(one, RenderedTerms)))
    before = _numbers(wanted)
    rows = [_row(draft, at=at) for draft in wanted if _name_of(draft) not in before]
    Acceptance.objects.bulk_create(rows, batch_size=1000)
    numbers = before | {(row.subject, row.shown_id, row.vendor_terms_id): row.pk for row in rows}
    return tuple(numbers[_name_of(draft)] for draft in wanted)


@transaction.atomic
def add_vendor_terms(
    company_id: int,
    *,
    name: str,
    version: str,
    language: str,
    media_type: str,
    content: bytes,
    products: frozenset[str],
    catalogue: frozenset[str],
    by: str,
    at: datetime,
) -> VendorTermsFacts:
    """Keep the terms of a vendor, as they were handed over, for the products they belong to, and return them.

    `catalogue` are the codes of what the company sells. From now on an order of those products needs their acceptance.
    """
    _refuse_odd(name=name, version=version, media_type=media_type, content=content)
    unknown = ", ".join(sorted(products - catalogue))
    if unknown or not products:
        sold = ", ".join(sorted(catalogue))
        if not unknown:
            raise NotVendorTerms(
                "The terms belong to no product. Name products of the catalogue: %(products)s.", {"products": sold}
            )
        raise NotVendorTerms(
            "The company sells no %(unknown)s. Name products of its catalogue: %(products)s.",
            {"unknown": unknown, "products": sold},
        )
    if VendorTerms.objects.filter(company_id=company_id, name=name, version=version).exists():
        raise NotVendorTerms(
            "%(name)s %(version)s is kept already, and stays as it is. Give the new text a new version.",
            {"name": name, "version": version},
        )
    row = VendorTerms.objects.create(
        company_id=company_id,
        name=name,
        version=version,
        language=language,
        media_type=media_type,
        content=content,
        sha256=sha256(content).hexdigest(),
        products=sorted(products),
        added_at=at,
    )
    record(
        company_id=company_id,
        key=f"vendor_terms.added:{row.pk}",
        what="vendor_terms.added",
        subject=f"vendor-terms:{row.pk}",
        on_day=legal_day(at),
        at=at,
        because=(),
        facts={"name": name, "version": version, "sha256": row.sha256, "products": row.products},
        by=by,
    )
    return next(terms for terms in vendor_terms_of(company_id, on=legal_day(at)) if terms.vendor_terms_id == row.pk)


def _refuse_odd(*, name: str, version: str, media_type: str, content: bytes) -> None:
    if not name.strip() or not version.strip():
        raise NotVendorTerms("Terms of a vendor need the vendor's name and a version. Write both.")
    if media_type not in MEDIA_TYPES:
        raise NotVendorTerms(
            "“%(media_type)s” cannot be kept as terms. Give one of %(types)s.",
            {"media_type": media_type, "types": ", ".join(MEDIA_TYPES)},
        )
    if not 0 < len(content) <= BYTES_MAX:
        raise NotVendorTerms(
            "The file has %(size)s bytes; between 1 and %(most)s can be kept.",
            {"size": len(content), "most": BYTES_MAX},
        )
    if media_type == "application/pdf" and not content.startswith(b"%PDF-"):
        raise NotVendorTerms("The file is said to be a PDF and is none. Give the vendor's own file.")
    if media_type != "application/pdf":
        _refuse_unreadable(content)


def _refuse_unreadable(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotVendorTerms("The text is not written in UTF-8. Save it as such and give it again.") from error


Name = tuple[str, str | None, int | None]


def _name_of(draft: AcceptanceDraft) -> Name:
    """Return what makes an acceptance the same one: to which subject it belongs, and which text it is of."""
    if isinstance(draft.accepted, RenderedTerms):
        return draft.subject, draft.accepted.sha256, None
    return draft.subject, None, draft.accepted.vendor_terms_id


def _numbers(drafts: tuple[AcceptanceDraft, ...]) -> dict[Name, int]:
    rows = Acceptance.objects.filter(subject__in={draft.subject for draft in drafts})
    return {(row.subject, row.shown_id, row.vendor_terms_id): row.pk for row in rows}


def _row(draft: AcceptanceDraft, *, at: datetime) -> Acceptance:
    _, shown_id, vendor_terms_id = _name_of(draft)
    return Acceptance(
        company_id=draft.company_id,
        customer_id=draft.customer_id,
        subject=draft.subject,
        shown_id=shown_id,
        vendor_terms_id=vendor_terms_id,
        accepted_at=draft.accepted_at,
        accepted_by=draft.accepted_by,
        how=draft.how,
        recorded_at=at,
    )
