"""Passkeys as WebAuthn has them (W3C WebAuthn level 2): what the browser is asked, what its answer proves.

The only module that imports webauthn. The authenticator must have verified its holder, by a PIN or a finger: who finds
an open computer with a key in it proves nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from policies.sign_in import PasskeyKind

NAME = "Cénacle"
"""Under which name the browser lists the passkey."""

LARGEST = 16 * 1024
"""Characters of an answer."""

PATIENCE = 120_000
"""Milliseconds that the browser waits for the person."""

ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
"""Signatures of the keys that people have: ES256 and EdDSA; RS256 is what Windows Hello makes."""


class PasskeyError(Exception):
    """An answer proves nothing: malformed, for another site or another request, or signed by another key."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a passkey is made for: the host, and the origin whose pages may ask for it."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True, repr=False)
class NewPasskey:
    """What a new passkey leaves with the service."""

    credential: bytes
    public_key: bytes
    uses: int
    kind: PasskeyKind


def site_of(public_url: str) -> Site | None:
    """Give the site of the service's public address; None for a bare IP address, for which no browser makes any."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Site(host, f"{parts.scheme}://{parts.netloc}")
    return None


def creation(site: Site, *, holder: bytes, name: str, challenge: bytes, known: Sequence[bytes]) -> str:
    """Give in JSON what the browser is asked to make a passkey; it refuses an authenticator that has one already."""
    asked = generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_id=holder,
        user_name=name,
        user_display_name=name,
        challenge=challenge,
        timeout=PATIENCE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=credential) for credential in known],
        supported_pub_key_algs=ALGORITHMS,
    )
    return options_to_json(asked)


def request(site: Site, *, challenge: bytes, known: Sequence[bytes]) -> str:
    """Give in JSON what the browser is asked to use one of somebody's passkeys."""
    asked = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=PATIENCE,
        allow_credentials=[PublicKeyCredentialDescriptor(id=credential) for credential in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(asked)


def credential_of(answer: str) -> bytes:
    """Give which passkey an answer says that it comes from; raises `PasskeyError` when it says none."""
    try:
        return base64url_to_bytes(str(_read(answer)["id"]))
    except (KeyError, TypeError, ValueError):
        raise PasskeyError from None


def made(site: Site, answer: str, challenge: bytes) -> NewPasskey:
    """Check the answer of a browser that made a passkey; raises `PasskeyError`."""
    read = _read(answer)
    try:
        verified = verify_registration_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError):
        raise PasskeyError from None
    inside = read.get("authenticatorAttachment") == "platform"
    return NewPasskey(
        verified.credential_id,
        verified.credential_public_key,
        verified.sign_count,
        PasskeyKind.DEVICE if inside else PasskeyKind.KEY,
    )


def used(site: Site, answer: str, challenge: bytes, *, public_key: bytes, uses: int) -> int:
    """Check the answer of a browser that used a passkey; give how often it says that it served.

    Raises `PasskeyError`, also for a count that goes back: somebody copied the key.
    """
    try:
        verified = verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=uses,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError):
        raise PasskeyError from None
    return verified.new_sign_count


def _read(answer: str) -> dict[str, object]:
    try:
        read = json.loads(answer) if len(answer) <= LARGEST else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise PasskeyError
    return read
