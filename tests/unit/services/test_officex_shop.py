"""What a vendor sells from this computer: kept on disk, shared by two windows, with nothing secret in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from office_studio.errors import StorageError
from office_studio.services.officex.delivery import file_name
from office_studio.services.officex.receiver_log import MAX_ENTRIES, ReceiverLog, masked
from office_studio.services.officex.shop import Offer, Shop, major_of

OFFER = Offer(
    "sandbox", "app-1", "wallet-1", "loft", "Loft", "2.1.0", 12_000_000, "a" * 64, 10, pictures={"day": ("b", "u")}
)


def test_two_windows_share_one_shop(tmp_path: Path) -> None:
    here, there = Shop(tmp_path / "shop"), Shop(tmp_path / "shop")
    here.load()
    there.load()
    here.put(OFFER)
    there.note_paid(OFFER, "install-1", "user-1", OFFER.job_id, OFFER.price)
    here.put(replace(OFFER, app_id="app-2", theme_id="lab"))
    there.note_port(4711)
    there.note_open("sandbox", "vendor-1")
    again = Shop(tmp_path / "shop")
    again.load()
    assert {one.app_id for one in again.offers("sandbox")} == {"app-1", "app-2"}
    assert again.offer("sandbox", "app-1") == OFFER
    assert again.has_paid(OFFER, "user-1", "theme-loft-2")
    assert again.may_download("install-1", OFFER)
    assert (again.port, again.open_for) == (4711, "sandbox/vendor-1")
    again.note_open("", "")
    assert again.open_for == ""


def test_what_was_paid_outlives_the_install_and_opens_one_major_version(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.put(OFFER)
    shop.note_paid(OFFER, "install-1", "user-1", "theme-loft-2", OFFER.price)
    assert shop.may_download("install-1", replace(OFFER, version="2.9.0"))
    assert not shop.may_download("install-1", replace(OFFER, version="3.0.0"))
    assert not shop.may_download("install-2", OFFER)
    shop.note_paid(OFFER, "install-3", "user-2", "theme-loft-2#2", OFFER.price)
    assert shop.may_download("install-3", OFFER)
    shop.forget_buyer("install-1")
    assert not shop.may_download("install-1", OFFER)
    assert shop.has_paid(OFFER, "user-1", "theme-loft-2")
    assert not shop.has_paid(replace(OFFER, environment="staging"), "user-1", "theme-loft-2")


@pytest.mark.parametrize(
    "text", ["", "[", "[]", '{"offers": [1]}', '{"offers": {}, "buyers": [], "paid": {}, "port": "x"}']
)
def test_a_broken_file_is_an_empty_shop(tmp_path: Path, text: str) -> None:
    (tmp_path / "shop.json").write_text(text, "utf-8")
    shop = Shop(tmp_path)
    shop.load()
    assert shop.offers("sandbox") == ()
    shop.put(OFFER)
    assert Shop(tmp_path).offers("sandbox") == ()  # not loaded yet
    again = Shop(tmp_path)
    again.load()
    assert again.offers("sandbox") == (OFFER,)


def test_bundles_are_kept_under_their_hash_and_tidied(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    source = tmp_path / "theme.zip"
    source.write_bytes(b"theme")
    kept = shop.keep_bundle(source, OFFER.sha256)
    assert kept == shop.bundle(OFFER)
    other = shop.keep_bundle(source, "c" * 64)
    shop.put(OFFER)
    shop.tidy()
    assert kept.is_file()
    assert not other.exists()
    with pytest.raises(StorageError):
        shop.keep_bundle(tmp_path / "not there", "d" * 64)


@pytest.mark.parametrize(
    ("version", "major"), [("1.2.3", "1"), ("12", "12"), ("", "1"), (" 3.0 ", "3"), ("v2.0", "v2")]
)
def test_major_versions(version: str, major: str) -> None:
    assert major_of(version) == major


def test_names_of_bundles_are_safe_everywhere() -> None:
    assert file_name(replace(OFFER, theme_id="../a b/ü")) == ".._a_b__-2.1.0.zip"


def test_the_log_is_bounded_and_masks_what_opens_an_install() -> None:
    log = ReceiverLog()
    for number in range(MAX_ENTRIES + 20):
        payload = {"install_id": str(number), "install_secret": "s3cret", "app_id": 5}
        log.add({"event": "INSTALL", "payload": payload, "uuid": str(number)}, b"{}", is_replay=False)
    entries = log.entries()
    assert (len(entries), entries[0].number, entries[-1].number) == (MAX_ENTRIES, 21, MAX_ENTRIES + 20)
    assert "s3cret" not in repr(entries) + repr([dict(one.payload) for one in entries])
    assert entries[-1].app_id == ""
    assert log.body(1) is None
    assert log.body(entries[-1].number) == b"{}"
    assert log.add({"event": "X", "payload": {}, "uuid": "0"}, b"", is_replay=False).is_repeat
    log.clear()
    assert log.entries() == ()
    assert log.add({"event": "X", "payload": {}, "uuid": "1"}, b"", is_replay=False).is_repeat
    assert masked({"a": 1, "install_secret": "x"}) == {"a": 1, "install_secret": "•••"}
