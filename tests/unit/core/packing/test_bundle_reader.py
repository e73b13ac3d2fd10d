"""Reading zips from strangers: whatever the bytes, a problem with a code, and nothing unbounded."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office_studio.core.packing.bundle_reader import BundleReader, ZipFault


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read_all(content: bytes) -> dict[str, bytes]:
    with BundleReader.open(io.BytesIO(content)) as reader:
        return {entry.name: b"".join(reader.chunks(entry)) for entry in reader.entries if not entry.is_dir}


def refusal(content: bytes) -> str:
    with pytest.raises(ZipFault) as caught:
        read_all(content)
    assert caught.value.text
    return caught.value.code


FILES = {"a.png": b"a" * 200_000, "sub/b.json": b"{}", "sub/": b"", "empty.png": b""}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("comment", [b"", b"a comment", b"x" * 65_535])
def test_a_good_archive(method, comment):
    assert read_all(zipped(FILES, method, comment)) == {k: v for k, v in FILES.items() if not k.endswith("/")}


def test_data_before_the_archive_does_not_matter():
    assert read_all(b"#!/bin/sh\n" + zipped(FILES))["sub/b.json"] == b"{}"


def test_content_comes_in_pieces():
    with BundleReader.open(io.BytesIO(zipped({"a.png": b"a" * 1_000_000}))) as reader:
        sizes = [len(chunk) for chunk in reader.chunks(reader.entries[0])]
    assert sum(sizes) == 1_000_000
    assert max(sizes) <= 65_536


def test_a_whole_small_entry_and_one_that_is_too_large():
    with BundleReader.open(io.BytesIO(zipped({"a.json": b"123"}))) as reader:
        assert reader.read(reader.entries[0], 3) == b"123"
        with pytest.raises(ZipFault) as caught:
            reader.read(reader.entries[0], 2)
    assert caught.value.code == "ENTRY_TOO_LARGE"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_bounded_steps_are_refused(method):
    assert refusal(zipped({"a.png": b"a"}, method)) == "ENTRY_METHOD"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_clash():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.png", b"1")
        archive.writestr("a.png", b"2")
    assert refusal(buffer.getvalue()) == "ENTRY_DUPLICATE"
    assert refusal(zipped({"a.png": b"", "a.png/b.png": b""})) == "ENTRY_DUPLICATE"


def test_links_and_devices_are_refused():
    for mode in (0o120777, 0o010644, 0o020644, 0o040755):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            info = zipfile.ZipInfo("a.png")
            info.create_system, info.external_attr = 3, mode << 16
            archive.writestr(info, b"/etc/passwd")
        assert refusal(buffer.getvalue()) == "ENTRY_SPECIAL"


def test_too_many_entries():
    assert refusal(zipped({f"{n}.png": b"" for n in range(10_001)}, zipfile.ZIP_STORED)) == "ZIP_TOO_MANY_ENTRIES"


def test_what_unpacks_to_too_much_is_refused_by_its_own_claim():
    content = bytearray(zipped({"a.png": b"a"}, zipfile.ZIP_STORED))
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, 209_715_201)
    assert refusal(bytes(content)) == "ENTRY_TOO_LARGE"


@pytest.mark.parametrize("claimed", [5, 199_999, 200_001])
def test_a_claim_that_is_not_true(claimed):
    content = bytearray(zipped({"a.png": b"a" * 200_000}))
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 24, claimed)
    assert refusal(bytes(content)) == "ENTRY_CORRUPT"


def test_entries_that_share_their_bytes():
    content = bytearray(zipped({"a.png": b"same" * 50, "b.png": b"same" * 50}))
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    struct.pack_into("<L", content, second + 42, 0)  # both point at the first local header
    assert refusal(bytes(content)) in ("ENTRY_OVERLAP", "ZIP_INVALID")


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"PK\x05\x06" + bytes(18), b"no zip at all" * 100])
def test_what_is_no_archive(content):
    assert refusal(content) in ("ZIP_INVALID", "ZIP_EMPTY")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_archives_are_refused_or_read_as_they_are(data):
    content = bytearray(zipped({"a.png": b"hello" * 20, "sub/b.json": b"{}"}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content
    try:
        found = read_all(bytes(content))
    except ZipFault:
        return
    assert all(len(value) <= 1_000 for value in found.values())
