from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from office_studio.errors import StorageError
from office_studio.settings import Appearance, SavedOffice, Settings, SettingsStore


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "config" / "settings.json")


def write(store: SettingsStore, text: str | bytes) -> None:
    store.path.parent.mkdir(exist_ok=True)
    store.path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_defaults_without_a_file(store: SettingsStore) -> None:
    assert store.load() == Settings()
    assert store.warnings == []


def test_everything_survives_saving_and_loading(store: SettingsStore) -> None:
    settings = replace(
        Settings().with_office(SavedOffice("http://127.0.0.1:21001/", "Here", "a@b.c")).with_theme("http://x", "loft"),
        appearance=Appearance.DARK,
        first_run_done=True,
        reduced_motion=False,
        text_scale=1.25,
        window_geometry="AAEC",
        window_state="Zm9v",
        variants={"a1": 3},
    )
    store.save(settings)
    assert store.load() == settings
    assert store.load().last_office == "http://127.0.0.1:21001"


def test_unknown_keys_are_kept(store: SettingsStore) -> None:
    write(store, '{"future": {"a": [1]}, "appearance": "light"}')
    settings = store.load()
    assert settings.appearance is Appearance.LIGHT
    store.save(replace(settings, first_run_done=True))
    document = json.loads(store.path.read_text())
    assert document["future"] == {"a": [1]}
    assert document["firstRunDone"] is True


@pytest.mark.parametrize("text", ["", "{", "[]", "null", b"\xff\xfe\x00", "[" * 100_000])
def test_a_broken_file_is_kept_aside(store: SettingsStore, text: str | bytes) -> None:
    write(store, text)
    assert store.load() == Settings()
    broken = store.path.with_name("settings.json.broken")
    assert broken.read_bytes() == (text if isinstance(text, bytes) else text.encode())
    assert not store.path.exists()
    assert "settings.json.broken" in store.warnings[0]
    assert store.load() == Settings()
    assert store.warnings == []


def test_wrong_values_fall_back_one_by_one(store: SettingsStore) -> None:
    document = {
        "appearance": "pink",
        "textScale": 99,
        "firstRunDone": "yes",
        "reducedMotion": True,
        "offices": [3, {"url": ""}, {"url": "http://a", "name": 4}, {"url": "http://a/"}],
        "themes": {"http://a": 5, "http://b": "loft"},
        "variants": {"x": True, "y": 2},
    }
    write(store, json.dumps(document))
    settings = store.load()
    assert settings == replace(
        Settings(),
        text_scale=2.0,
        reduced_motion=True,
        offices=(SavedOffice("http://a"),),
        themes={"http://b": "loft"},
        variants={"y": 2},
    )
    assert len(store.warnings) == 2


@pytest.mark.parametrize(("written", "scale"), [("1" + "0" * 400, 2.0), ("-1" + "0" * 400, 0.75), ("NaN", 1.0)])
def test_a_number_beyond_all_bounds_is_cut(store: SettingsStore, written: str, scale: float) -> None:
    write(store, f'{{"textScale": {written}}}')
    assert store.load().text_scale == scale


def test_half_a_character_does_not_keep_the_rest_from_being_saved(store: SettingsStore) -> None:
    settings = Settings().with_theme("http://a", "\ud800").with_office(SavedOffice("http://a"))
    store.save(settings)
    assert store.load() == settings


def test_forgetting_an_office_forgets_its_theme() -> None:
    settings = (
        Settings().with_office(SavedOffice("http://a")).with_theme("http://a", "loft").without_office("http://a/")
    )
    assert settings == Settings()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a path below a file")
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = SettingsStore(tmp_path / "file" / "settings.json")
    with pytest.raises(StorageError) as caught:
        store.save(Settings())
    assert caught.value.code == "SETTINGS_NOT_SAVED"
    assert not list(tmp_path.glob(".settings-*"))


def test_a_failed_save_leaves_the_old_file(store: SettingsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(replace(Settings(), first_run_done=True))

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(StorageError):
        store.save(Settings())
    assert store.load().first_run_done is True
    assert [path.name for path in store.path.parent.iterdir()] == ["settings.json"]
