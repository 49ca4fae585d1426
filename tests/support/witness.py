"""A witness as the C2SP format describes it, written apart from the code under test: it cosigns what it is handed."""

import base64
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NAME = "temoin.exemple.invalid/w1"
KEY = bytes(range(64, 96))
SECONDS = 1795600000


def verifier(name: str = NAME, key: bytes = KEY, kind: bytes = b"\x04") -> str:
    """Give the verifier key that the witness hands out: name, key id, type and public key."""
    public = Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    return f"{name}+{_key_id(name, kind + public).hex()}+{base64.b64encode(kind + public).decode()}"


def cosign(note: str, seconds: int = SECONDS, name: str = NAME, key: bytes = KEY) -> str:
    """Give the line of the witness for a note."""
    private = Ed25519PrivateKey.from_private_bytes(key)
    public = b"\x04" + private.public_key().public_bytes_raw()
    body = note.split("\n\n", maxsplit=1)[0] + "\n"
    signature = private.sign(f"cosignature/v1\ntime {seconds}\n{body}".encode())
    return f"— {name} {base64.b64encode(_key_id(name, public) + seconds.to_bytes(8, 'big') + signature).decode()}"


def _key_id(name: str, typed: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + typed).digest()[:4]
