"""The last resort of the command line: errors nobody foresaw, letters the terminal cannot show."""

from __future__ import annotations

import io
import json
import sys

import pytest

from office_studio.cli import doctor, output
from office_studio.cli.main import main


def test_an_unforeseen_error_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: object) -> int:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr(doctor, "run", fail)
    assert main(["doctor"]) == 4
    said = capsys.readouterr().err
    assert "ZeroDivisionError: no such luck" in said
    assert "Traceback" not in said
    assert main(["doctor", "--json"]) == 4
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "UNEXPECTED"
    assert main(["doctor", "--debug"]) == 4
    assert "Traceback" in capsys.readouterr().err


def test_letters_the_terminal_cannot_show_are_written_as_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_: object) -> int:
        output.print_table(["NAME"], [["Zoë \U0001f916 \udcff"]], "nobody")
        return 0

    raw = io.BytesIO()
    monkeypatch.setattr(doctor, "run", run)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["doctor"]) == 0
    sys.stdout.flush()
    assert b"Zo\\xeb \\U0001f916 \\udcff" in raw.getvalue()
