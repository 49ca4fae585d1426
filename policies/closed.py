"""Frozen values read from the TOML files of policies: an unknown field is an error, never ignored."""

import tomllib
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0, strict=True)]


class Closed(BaseModel):
    """A frozen value in which an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_toml(path: str) -> dict[str, object]:
    """Read a TOML file that ships with policies, by its path inside the package."""
    return tomllib.loads(files("policies").joinpath(path).read_text(encoding="utf-8"))
