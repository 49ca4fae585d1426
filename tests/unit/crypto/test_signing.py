"""Signatures: Ed25519 against a published vector, and the form of the tokens' key."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from backend.crypto.signing import new_ed25519, new_es256, sign, verify

# RFC 8032, section 7.1, test 2.
PRIVATE = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_the_vector_of_the_rfc_is_signed_and_verified() -> None:
    assert sign(PRIVATE, b"\x72") == SIGNATURE
    assert verify(PUBLIC, b"\x72", SIGNATURE)


def test_another_message_another_key_or_another_signature_is_refused() -> None:
    _, other = new_ed25519()
    assert not verify(PUBLIC, b"\x73", SIGNATURE)
    assert not verify(other, b"\x72", SIGNATURE)
    assert not verify(PUBLIC, b"\x72", SIGNATURE[:-1] + b"\x01")
    assert not verify(PUBLIC, b"\x72", b"short")


def test_an_ed25519_key_is_two_halves_of_32_bytes_that_go_together() -> None:
    private, public = new_ed25519()
    assert len(private) == len(public) == 32
    assert verify(public, b"message", sign(private, b"message"))


def test_the_tokens_key_is_on_the_curve_of_es256() -> None:
    private_pem, public_pem = new_es256()
    private, public = load_pem_private_key(private_pem, None), load_pem_public_key(public_pem)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert isinstance(private.curve, ec.SECP256R1)
    assert private.public_key() == public
