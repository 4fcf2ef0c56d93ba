"""Second proofs of who somebody is: codes of an app (RFC 6238), passkeys (WebAuthn) and codes on paper.

The secret of codes is kept sealed with a key that is not in the database. Questions to a passkey live in the session and
are used up by the first answer.
"""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from servanda.business.identity.actions import RECOVERY_CODES, IdentityRefused, use_factor, use_recovery_code
from servanda.business.identity.facts import Factor
from servanda.business.identity.queries import factors_of

STEP_SECONDS = 30
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
_ASKED = "passkey_question"


def new_secret() -> str:
    """Return a secret for an app that shows codes."""
    return str(pyotp.random_base32())


def app_address(secret: str, name: str) -> str:
    """Return what an app reads from the picture."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Servanda"))


def picture_of(address: str) -> str:
    """Return the picture as SVG, dark on light whatever the page's colours, for an image with a data address."""
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=2, light="#fff", dark="#000"))


def sealed(secret: str) -> bytes:
    return _seal().encrypt(secret.encode())


def step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the time step whose code this is, now or one step to either side; none if it is none of them."""
    typed = code.replace(" ", "")
    if len(typed) != 6 or not typed.isascii() or not typed.isdigit():
        return None
    clock, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    for step in (now, now - 1, now + 1):
        if secrets.compare_digest(clock.generate_otp(step), typed):
            return step
    return None


def is_code_right(user_id: int, code: str, *, at: datetime) -> bool:
    """Say whether this is a code of the app that was not used before, or one from paper; either is used up by it."""
    for factor in factors_of(user_id):
        if factor.kind == "code":
            try:
                secret = _seal().decrypt(factor.material).decode()
            except InvalidToken:
                continue  # sealed with a key that this installation no longer has
            step = step_of(secret, code, at=at)
            if step is not None:
                return use_factor(factor.factor_id, counter=step, at=at)
    return len(code) > 6 and use_recovery_code(user_id, code, at=at)


def new_recovery_codes() -> tuple[str, ...]:
    """Return codes to be written on paper: 50 bits each, in two groups."""
    return tuple(
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    )


def passkeys_work(request: HttpRequest) -> bool:
    """Say whether a browser lets this address have passkeys: a name over TLS, or localhost; never a bare number."""
    host = _host(request)
    return host == "localhost" or (request.is_secure() and any(letter.isalpha() for letter in host))


def new_passkey_question(request: HttpRequest, *, user_id: int, name: str) -> str:
    """Ask the browser to make a passkey, and remember the question; returns what the page gives the browser, as JSON."""
    entity = PublicKeyCredentialUserEntity(id=f"servanda:{user_id}".encode(), name=name, display_name=name)
    options, state = _server(request).register_begin(
        entity,
        [_credential(factor) for factor in factors_of(user_id) if factor.kind == "passkey"],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    request.session[_ASKED] = state
    return json.dumps(dict(options)["publicKey"])


def made_passkey(request: HttpRequest, answer: str) -> tuple[bytes, int]:
    """Return the credential that the browser made, and its counter; refuses an answer to no question of ours."""
    try:
        made: AuthenticatorData = _server(request).register_complete(_asked(request), _parsed(answer))
    except (ValueError, KeyError, TypeError) as error:
        raise IdentityRefused("The passkey was not made. Try again from the page.") from error
    if made.credential_data is None:
        raise IdentityRefused("The passkey was not made. Try again from the page.")
    return bytes(made.credential_data), made.counter


def passkey_question(request: HttpRequest, user_id: int) -> str:
    """Ask the browser for one of somebody's passkeys, and remember the question."""
    credentials = [_credential(factor) for factor in factors_of(user_id) if factor.kind == "passkey"]
    options, state = _server(request).authenticate_begin(
        credentials, user_verification=UserVerificationRequirement.PREFERRED
    )
    request.session[_ASKED] = state
    return json.dumps(dict(options)["publicKey"])


def is_passkey_right(request: HttpRequest, user_id: int, answer: str, *, at: datetime) -> bool:
    """Say whether the browser answered our question with a passkey of this person that does not repeat itself."""
    factors = {_credential(factor).credential_id: factor for factor in factors_of(user_id) if factor.kind == "passkey"}
    try:
        parsed = _parsed(answer)
        used = _server(request).authenticate_complete(
            _asked(request), [_credential(factor) for factor in factors.values()], parsed
        )
        counter = _counter(parsed)
    except (ValueError, KeyError, TypeError):
        return False
    return use_factor(factors[used.credential_id].factor_id, counter=counter, at=at)


def _counter(answer: Mapping[str, Any]) -> int:
    from fido2.webauthn import AuthenticationResponse

    return int(AuthenticationResponse.from_dict(answer).response.authenticator_data.counter)


def _asked(request: HttpRequest) -> Any:
    return request.session.pop(_ASKED)


def _parsed(answer: str) -> Mapping[str, Any]:
    parsed = json.loads(answer[:20_000])
    if not isinstance(parsed, dict):
        raise ValueError("an answer of a browser is an object")
    return parsed


def _credential(factor: Factor) -> AttestedCredentialData:
    return AttestedCredentialData(factor.material)


def _server(request: HttpRequest) -> Fido2Server:
    host = _host(request)

    def is_ours(origin: str) -> bool:
        return origin == f"{'https' if request.is_secure() else 'http'}://{request.get_host()}"

    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name="Servanda"), verify_origin=is_ours)


def _host(request: HttpRequest) -> str:
    return request.get_host().rpartition(":")[0] or request.get_host()


def _seal() -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"servanda second factors").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(urlsafe_b64encode(key))
