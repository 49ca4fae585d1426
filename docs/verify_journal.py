"""Vérifier le journal de Cénacle sans Cénacle : Python 3.11 et la bibliothèque `cryptography`, rien d'autre.

    python3 verify_journal.py CLÉ EXPORT ANCIEN [NOUVEAU]    rien n'a été retiré ni changé entre deux points de contrôle
    python3 verify_journal.py CLÉ PREUVE.tlog-proof          un événement est bien dans l'arbre signé

CLÉ est la clé publique du journal (64 caractères), reçue par un autre chemin que l'export. EXPORT est le dossier
écrit par `cenacle audit export`. ANCIEN est un point de contrôle gardé hors de la machine ; NOUVEAU, celui de l'export.

Un point de contrôle signe un nombre de feuilles et la racine de leur arbre. Ce programme recalcule les deux racines
des mêmes feuilles : justes toutes deux, les feuilles de l'ancien sont, à l'identique et dans l'ordre, les premières
du nouveau ; rien n'a été retiré, changé ni déplacé. Formats : RFC 9162 ; C2SP signed-note, tlog-checkpoint, tlog-tiles
et tlog-proof (c2sp.org).
"""

import base64
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256


class RefusedError(Exception):
    """Ce qui ne va pas."""


def open_note(note: str, key: bytes) -> tuple[int, bytes]:
    """Lire un point de contrôle et vérifier sa signature ; donner le nombre de feuilles et la racine."""
    text, _, signatures = note.rpartition("\n\n")
    origin = f"cenacle/journal/{sha256(key).hexdigest()[:16]}"
    identifier = sha256(f"{origin}\n".encode() + b"\x01" + key).digest()[:4]
    for line in signatures.splitlines():
        raw = base64.b64decode(line.rpartition(" ")[2]) if line.startswith(f"— {origin} ") else b""
        if raw[:4] != identifier:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], f"{text}\n".encode())
        except InvalidSignature:
            continue
        signed_origin, size, encoded = text.split("\n")[:3]
        if signed_origin == origin:
            return int(size), base64.b64decode(encoded)
    raise RefusedError("un point de contrôle n'est pas signé par cette clé")


def hash_leaf(data: bytes) -> bytes:
    """Donner l'empreinte d'une feuille (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Donner l'empreinte d'un nœud."""
    return sha256(b"\x01" + left + right).digest()


def path_of(kind: str, number: int, width: int) -> str:
    """Dire où est une tuile (C2SP tlog-tiles)."""
    digits = f"{number:03d}"
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{kind}/{path}" + ("" if width == WIDTH else f".p/{width}")


def read_leaves(export: Path, size: int) -> Iterator[bytes]:
    """Donner les empreintes des feuilles, tuile après tuile ; les contenus exportés doivent donner les mêmes."""
    for number in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - number * WIDTH)
        tile = export / path_of("0", number, width)
        data = tile.read_bytes() if tile.is_file() else b""
        if len(data) != 32 * width:
            raise RefusedError(f"la tuile {number} manque ou est incomplète")
        hashes = [data[at : at + 32] for at in range(0, len(data), 32)]
        bundle = export / path_of("entries", number, width)
        if bundle.is_file() and [hash_leaf(entry) for entry in read_entries(bundle.read_bytes())] != hashes:
            raise RefusedError(f"les contenus du paquet {number} ne sont pas ceux des feuilles")
        yield from hashes


def read_entries(bundle: bytes) -> Iterator[bytes]:
    """Donner les contenus d'un paquet, chacun précédé de sa longueur sur deux octets."""
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        yield bundle[2 : 2 + length]
        bundle = bundle[2 + length :]


def roots(leaves: Iterator[bytes], sizes: set[int]) -> dict[int, bytes]:
    """Recalculer la racine de l'arbre à plusieurs tailles, en lisant les feuilles une fois."""
    found = {0: sha256().digest()}
    peaks: list[tuple[int, bytes]] = []
    for size, leaf in enumerate(leaves, start=1):
        level, node = 0, leaf
        while peaks and peaks[-1][0] == level:
            level, node = level + 1, hash_node(peaks.pop()[1], node)
        peaks.append((level, node))
        if size in sizes:
            found[size] = node
            for _, peak in reversed(peaks[:-1]):
                found[size] = hash_node(peak, found[size])
    return found


def check_export(key: bytes, export: Path, old: Path, new: Path) -> str:
    """Recalculer les deux racines signées à partir de l'export."""
    (first, first_root), (second, second_root) = (open_note(note.read_text("utf-8"), key) for note in (old, new))
    if first > second:
        raise RefusedError(f"l'ancien point de contrôle compte {first} événements, le nouveau {second} : il en manque")
    found = roots(read_leaves(export, second), {first, second})
    if found[second] != second_root:
        raise RefusedError("l'export n'est pas l'arbre que signe le nouveau point de contrôle")
    if found[first] != first_root:
        raise RefusedError("l'export contredit l'ancien point de contrôle : le journal a été récrit")
    return f"Les {first} événements de l'ancien point de contrôle sont les premiers des {second} du nouveau."


def check_proof(key: bytes, proof: str) -> str:
    """Remonter d'un événement à la racine signée (RFC 9162, 2.1.3.2)."""
    head, _, note = proof.partition("\n\n")
    header, extra, index, *steps = head.split("\n")
    size, root = open_note(note, key)
    number, data = int(index.removeprefix("index ")), base64.b64decode(extra.removeprefix("extra "))
    place, last, found = number, size - 1, hash_leaf(data)
    for step in map(base64.b64decode, steps):
        if last == 0:
            raise RefusedError("la preuve est trop longue")
        right = place & 1 or place == last
        while right and place and not place & 1:
            place, last = place >> 1, last >> 1
        found = hash_node(step, found) if right else hash_node(found, step)
        place, last = place >> 1, last >> 1
    if header != "c2sp.org/tlog-proof@v1" or not 0 <= number < size or last != 0 or found != root:
        raise RefusedError("cet événement n'est pas dans l'arbre signé")
    return f"L'événement {number} est dans l'arbre signé de {size} événements. Il dit :\n{data[64:].decode()}"


if __name__ == "__main__":
    try:
        public, source, *notes = bytes.fromhex(sys.argv[1]), Path(sys.argv[2]), *map(Path, sys.argv[3:])
        if notes:
            said = check_export(public, source, notes[0], notes[1] if notes[1:] else source / "checkpoint")
        else:
            said = check_proof(public, source.read_text("utf-8"))
        sys.stdout.write(f"{said}\n")
    except (RefusedError, OSError, ValueError, IndexError) as error:
        sys.exit(f"REFUSÉ : {error}")
