"""The cosignature of a witness: what the published format gives is read, everything else is refused."""

import base64
from datetime import UTC, datetime

import pytest

from backend.audit.checkpoints import Checkpoint, open_note, public_half, sign
from backend.audit.cosignatures import BadWitnessError, Witness
from backend.audit.merkle import EMPTY_ROOT
from tests.support.journal import LOG_KEY
from tests.support.witness import KEY, NAME, SECONDS, cosign, verifier

NOTE = sign(Checkpoint(7, EMPTY_ROOT), LOG_KEY)
WITNESS = Witness.of(verifier())


def test_a_cosignature_is_found_among_other_lines_and_says_when() -> None:
    found = WITNESS.find(f"noise\n— autre/temoin AAAA\n{cosign(NOTE)}\n", NOTE)
    assert found is not None
    assert (found.line, found.at) == (cosign(NOTE), datetime.fromtimestamp(SECONDS, UTC))


def test_a_note_that_carries_it_still_opens_with_the_key_of_the_log_and_is_found_again() -> None:
    cosigned = f"{NOTE}{cosign(NOTE)}\n"
    assert open_note(cosigned, public_half(LOG_KEY)).size == 7
    assert WITNESS.find(cosigned, cosigned) == WITNESS.find(cosign(NOTE), NOTE)


@pytest.mark.parametrize(
    "line",
    [
        "",
        cosign(NOTE.replace("\n7\n", "\n8\n")),
        cosign(NOTE, key=bytes(32)),
        cosign(NOTE, name="un.autre/temoin"),
        cosign(NOTE).replace(NAME, "un.autre/temoin"),
        cosign(NOTE, seconds=1 << 62),
        f"— {NAME} !!!",
        f"— {NAME} {base64.b64encode(WITNESS.key_id() + b'1234').decode()}",
        f"— {NAME} {base64.b64encode(WITNESS.key_id() + bytes(72)).decode()}",
    ],
)
def test_what_the_witness_did_not_sign_is_not_found(line: str) -> None:
    assert WITNESS.find(line, NOTE) is None


@pytest.mark.parametrize(
    "setting",
    [
        "",
        NAME,
        verifier().replace("temoin", "autre"),
        verifier(kind=b"\x01"),
        verifier().rpartition("+")[0] + "+AAAA",
        verifier().rpartition("+")[0] + "+A",
        f"{NAME}+0000000{verifier(key=KEY).split('+')[1][:1]}+{verifier().rpartition('+')[2]}",
    ],
)
def test_a_setting_that_is_no_verifier_key_is_refused(setting: str) -> None:
    with pytest.raises(BadWitnessError):
        Witness.of(setting)
