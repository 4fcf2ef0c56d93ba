"""The authority, as the acme library speaks with it: an account that is kept, orders that are found again by their address."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import msgspec
import requests
from acme import client, errors, messages
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.jwa import ES256
from josepy.jwk import JWK, JWKEC

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.certificates.places import account_file
from servanda.drivers.node.files import write
from servanda.drivers.node.layout import Layout

ANSWER_SECONDS = 20
NONCES_MAX = 6
# What trying again cannot mend: a person must change the name, the account or the settings.
LASTING = frozenset(
    {"rejectedIdentifier", "unsupportedIdentifier", "externalAccountRequired", "userActionRequired", "badCSR"}
)
# What the library itself has an answer to.
HEARD_BY_THE_LIBRARY = frozenset({"badNonce", "orderNotReady"})
Answer = TypeVar("Answer")


class Failed(Exception):
    """The authority said no, or its proof failed. `again_at` is when it lets us ask again, if it said so."""

    def __init__(self, text: str, *, is_lasting: bool = False, again_at: datetime | None = None) -> None:
        super().__init__(text)
        self.is_lasting = is_lasting
        self.again_at = again_at


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Our account: the key is written before the authority hears of it, so that no kill can lose an account."""

    key: dict[str, str]
    address: str = ""


class _Network(client.ClientNetwork):
    """The library's network, with patience for nonces that are refused, and with the time that an error asks us to wait."""

    def post(self, *args: Any, **kwargs: Any) -> requests.Response:
        for _ in range(NONCES_MAX):
            try:
                return self._post_once(*args, **kwargs)
            except messages.Error as error:
                if error.code != "badNonce":
                    raise
        return self._post_once(*args, **kwargs)

    @classmethod
    def _check_response(cls, response: requests.Response, content_type: str | None = None) -> requests.Response:
        try:
            return super()._check_response(response, content_type)
        except messages.Error as error:
            if error.code in HEARD_BY_THE_LIBRARY:
                raise
            raise Failed(
                f"the authority refused: {error.code or error.typ}: {error.detail}",
                is_lasting=error.code in LASTING,
                again_at=retry_after(response.headers.get("Retry-After", ""), now=datetime.now(UTC)),
            ) from error


def retry_after(text: str, *, now: datetime) -> datetime | None:
    """Read the header Retry-After: seconds or a date (RFC 9110 § 10.2.3). What cannot be read asks for nothing."""
    if text.isascii() and text.isdigit() and len(text) < 9:
        return now + timedelta(seconds=int(text))
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, TypeError):
        return None


class Authority(client.ClientV2):
    """A conversation with the authority, on our account."""

    @property
    def key(self) -> JWK:
        assert self.net.key is not None
        key: JWK = self.net.key
        return key

    def order_at(self, address: str, csr_pem: bytes) -> messages.OrderResource:
        """Return an order that was placed before."""
        body = messages.Order.from_json(self._post_as_get(address).json())
        authorizations = [self._authzr_from_response(self._post_as_get(url), uri=url) for url in body.authorizations]
        return messages.OrderResource(body=body, uri=address, authorizations=authorizations, csr_pem=csr_pem)


@contextmanager
def conversation(layout: Layout) -> Iterator[Authority]:
    """Speak with the layout's authority. Raises NotNow while it is away, and Failed for what it refuses."""
    if not layout.acme_directory:
        raise Broken("this node has no authority for certificates: set its ACME directory")
    account = _account(layout)
    key = JWKEC.from_json(account.key)
    trust: Any = str(layout.acme_roots) if layout.acme_roots else True
    network = _Network(key, alg=ES256, user_agent="servanda", verify_ssl=trust, timeout=ANSWER_SECONDS)
    network.session.trust_env = False
    try:
        with network.session:
            directory = client.ClientV2.get_directory(layout.acme_directory, network)
            authority = Authority(directory, network)
            _sign_in(layout, authority, account)
            yield authority
    except requests.RequestException as error:
        raise NotNow(f"the authority for certificates does not answer: {type(error).__name__}") from error
    except Failed as error:
        if "accountDoesNotExist" not in str(error):
            raise
        _keep(layout, msgspec.structs.replace(account, address=""))
        raise NotNow("the authority has lost our account; it is made anew with the same key") from error
    except messages.Error as error:
        raise Failed(f"the authority refused: {error.code or error.typ}: {error.detail}") from error
    except errors.ValidationError as error:
        raise Failed(_reasons(error)) from error
    except errors.Error as error:
        raise Failed(f"the authority could not be understood: {error or type(error).__name__}") from error


def _reasons(error: errors.ValidationError) -> str:
    found = [
        f"{authorization.body.identifier.value}: {challenge.error.detail}"
        for authorization in error.failed_authzrs
        for challenge in authorization.body.challenges
        if challenge.error is not None
    ]
    return f"the proof failed: {'; '.join(found)[:1000]}"


def _account(layout: Layout) -> Account:
    path = account_file(layout)
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Account)
    made = Account(key=JWKEC(key=ec.generate_private_key(ec.SECP256R1())).to_partial_json())
    _keep(layout, made)
    return made


def _keep(layout: Layout, account: Account) -> None:
    write(account_file(layout), msgspec.json.encode(account), mode=0o600, owner=os.geteuid())


def _sign_in(layout: Layout, authority: Authority, account: Account) -> None:
    if account.address:
        body = messages.Registration()
        authority.net.account = messages.RegistrationResource(body=body, uri=account.address)
        return
    try:
        made = authority.new_account(messages.NewRegistration.from_data(terms_of_service_agreed=True))
        address = str(made.uri)
    except errors.ConflictError as error:
        address = str(error.location)
        authority.net.account = messages.RegistrationResource(body=messages.Registration(), uri=address)
    _keep(layout, msgspec.structs.replace(account, address=address))


def asked(question: Callable[[], Answer]) -> Answer | None:
    """Return an answer, or None when the authority does not know what is asked for."""
    try:
        return question()
    except Failed:
        return None
