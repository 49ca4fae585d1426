"""A security module in software (SoftHSM2), with a token of its own per test: it can be unplugged, copied and lost."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.crypto.providers import TokenPlace

LIBRARIES = (Path("/usr/lib/softhsm/libsofthsm2.so"), *Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"))
LABEL = "cenacle"
PIN = "63920418"


@dataclass(frozen=True, slots=True)
class Module:
    """A module whose tokens are the files of a folder."""

    place: TokenPlace
    tokens: Path

    def unplug(self) -> None:
        """Take the token away."""
        self.tokens.rename(self.tokens.with_name("drawer"))

    def plug(self) -> None:
        """Put it back."""
        self.tokens.with_name("drawer").rename(self.tokens)

    def back_up(self) -> Path:
        """Copy the token as its maker's tool would; only the module opens the copy."""
        return Path(shutil.copytree(self.tokens, self.tokens.with_name("copy")))


def new_module(folder: Path, patch: pytest.MonkeyPatch) -> Module:
    """Make a module with one token that holds no key yet, and the file of its PIN."""
    tokens = folder / "tokens"
    tokens.mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    patch.setenv("SOFTHSM2_CONF", str(configuration))
    labelled = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", PIN[::-1], "--pin", PIN]
    subprocess.run(labelled, check=True, capture_output=True)
    pin_file = folder / "token.pin"
    pin_file.write_text(f"{PIN}\n")
    pin_file.chmod(0o600)
    return Module(TokenPlace(next(path for path in LIBRARIES if path.exists()), LABEL, pin_file), tokens)
