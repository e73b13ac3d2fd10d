"""What the vendor desk keeps: whole or not at all, readable by its owner only, in the order it was asked for."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from office_studio.ui.trade.vendor.vendor_memory import NEW, VendorMemory


def _at_once(work: Callable[[], object]) -> object:
    return work()


def test_drafts_costs_and_closed_wallets_come_back(tmp_path: Path) -> None:
    path = tmp_path / "config" / "officex-vendor.json"
    memory = VendorMemory(path, _at_once)
    memory.keep_draft("sandbox/u1", NEW, 1_700, {"name": "Ä", "tags": "a, b"})
    memory.keep_costs("sandbox/u1", "app", {"1 credit: x": "0.01"})
    memory.note_closed("sandbox/u1", "app", "Gone", "w1")
    again = VendorMemory(path, _at_once)
    again.load()
    draft = again.draft("sandbox/u1", NEW)
    assert draft is not None
    assert draft["fields"] == {"name": "Ä", "tags": "a, b"}
    assert again.costs("sandbox/u1", "app") == {"1 credit: x": "0.01"}
    assert again.closed("sandbox/u1") == {"app": {"name": "Gone", "wallet_id": "w1"}}
    assert again.draft("staging/u1", NEW) is None
    assert again.draft("sandbox/u2", NEW) is None
    again.drop_draft("sandbox/u1", NEW)
    again.forget_closed("sandbox/u1", "app")
    last = VendorMemory(path, _at_once)
    last.load()
    assert last.draft("sandbox/u1", NEW) is None
    assert last.closed("sandbox/u1") == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps other people out of a profile by itself")
def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "officex-vendor.json"
    memory = VendorMemory(path, _at_once)
    memory.keep_draft("sandbox/u1", NEW, 1, {"webhook_url": "https://a.test/token"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_late_write_never_brings_back_what_is_older(tmp_path: Path) -> None:
    path, waiting = tmp_path / "officex-vendor.json", list[Callable[[], object]]()
    memory = VendorMemory(path, waiting.append)
    memory.keep_draft("w", NEW, 1, {"name": "first"})
    memory.keep_draft("w", NEW, 2, {"name": "second"})
    for work in reversed(waiting):
        work()
    assert json.loads(path.read_text("utf-8"))["drafts"]["w/new"]["fields"] == {"name": "second"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"drafts": 3}', '{"drafts": {"w/new": 5}, "costs": {"w/a": []}}'])
def test_a_broken_file_counts_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "officex-vendor.json"
    path.write_text(text, "utf-8")
    memory = VendorMemory(path, _at_once)
    memory.load()
    assert memory.draft("w", NEW) is None
    assert memory.costs("w", "a") == {}
    assert memory.closed("w") == {}
