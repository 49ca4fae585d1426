"""The command that writes the impact assessment: on the output, or in a file that did not exist."""

import json
from pathlib import Path

from typer.testing import CliRunner

from backend.cli.command import app


def test_it_writes_what_the_tool_imports_and_overwrites_nothing(tmp_path: Path) -> None:
    printed = CliRunner().invoke(app, ["aipd"])
    assert printed.exit_code == 0
    assert json.loads(printed.output)["pia"]["name"].startswith("Cénacle")
    file = tmp_path / "aipd.json"
    assert CliRunner().invoke(app, ["aipd", "--output", str(file)]).exit_code == 0
    assert json.loads(file.read_text(encoding="utf-8"))["answers"]
    file.write_text("complétée", encoding="utf-8")
    assert CliRunner().invoke(app, ["aipd", "--output", str(file)]).exit_code == 1
    assert file.read_text(encoding="utf-8") == "complétée"
