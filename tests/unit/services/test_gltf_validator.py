"""The program that hosts the validator: ended in time, started again, nothing asked twice, nothing left behind."""

from __future__ import annotations

import json
import random
import struct
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from office_studio.core.theme.files import missing
from office_studio.core.validation.report import Severity
from office_studio.core.validation.rule import Profile
from office_studio.services import gltf_validator
from office_studio.services.gltf_validator import KhronosValidator, validator_script, validator_state
from office_studio.services.theme_check import ThemeChecker
from tests.unit.core.validation import samples

needs_validator = pytest.mark.skipif(
    not validator_script().is_file(),
    reason="the glTF-Validator was not fetched: python packaging/fetch_gltf_validator.py",
)
E = Severity.ERROR


def gltf(**more: object) -> bytes:
    return json.dumps({"asset": {"version": "2.0"}} | more).encode()


def no_files(uri: str) -> bytes:
    raise missing(uri)


@pytest.fixture
def make() -> Iterator[Callable[..., KhronosValidator]]:
    made: list[KhronosValidator] = []

    def make(*args: object, **options: object) -> KhronosValidator:
        made.append(KhronosValidator(*args, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a program of our own in the engine's place; returns a script that is there."""

    def put(body: str) -> Path:
        program = tmp_path / "engine.py"
        program.write_text(
            "import json, sys, time\n"
            "def out(m): sys.stdout.write(json.dumps(m) + '\\n'); sys.stdout.flush()\n"
            "def model():\n"
            "    head = json.loads(sys.stdin.buffer.readline()); sys.stdin.buffer.read(head['size']); return head\n"
            + textwrap.dedent(body)
        )
        monkeypatch.setattr(gltf_validator, "_ENGINE", program)
        script = tmp_path / "script.js"
        script.write_text("")
        return script

    return put


# -- the real validator -------------------------------------------------------------------------------------------
@needs_validator
def test_messages_have_code_level_and_place(make):
    verdict = make().check(gltf(nodes=[{"children": [1]}, {"children": [0]}]), "a.gltf", no_files)
    assert verdict.is_conformant is False
    loop = next(each for each in verdict.messages if each.code == "NODE_LOOP")
    assert (loop.severity, loop.pointer, loop.offset) == (E, "/nodes/0", None)


@needs_validator
def test_a_container_is_judged_by_its_bytes(make):
    verdict = make().check(struct.pack("<4sII", b"glTF", 2, 99), "a.glb", no_files)
    assert verdict.is_conformant is False
    assert {each.offset for each in verdict.messages} >= {12}


@needs_validator
def test_text_in_models_survives_beyond_ascii(make):
    verdict = make().check(gltf(nodes=[{"name": "Türgriff 門", "camera": 7}]), "ä 門.gltf", no_files)
    assert [each.code for each in verdict.messages if each.severity is E] == ["UNRESOLVED_REFERENCE"]


@needs_validator
def test_external_files_come_through_the_reader_alone(make):
    asked: list[str] = []

    def read(uri: str) -> bytes:
        asked.append(uri)
        if uri == "a.bin":
            return bytes(range(256)) * 16
        raise missing(uri)

    buffers = [{"uri": "a.bin", "byteLength": 4096}, {"uri": "../../../etc/hostname", "byteLength": 4}]
    verdict = make().check(gltf(buffers=buffers), "a.gltf", read)
    assert asked == ["a.bin", "../../../etc/hostname"] == list(verdict.external)
    errors = [each for each in verdict.messages if each.severity is E]
    assert [(each.code, each.pointer) for each in errors] == [("IO_ERROR", "/buffers/1/uri")]
    assert "etc/hostname" in errors[0].message


@needs_validator
def test_a_verdict_is_remembered_until_the_model_or_its_files_change(make, monkeypatch):
    validator = make()
    rounds: list[str] = []
    exchange = KhronosValidator._exchange

    def counted(self, data, name, *rest):
        rounds.append(name)
        return exchange(self, data, name, *rest)

    monkeypatch.setattr(KhronosValidator, "_exchange", counted)
    content = {"a.bin": b"1234"}
    model = gltf(buffers=[{"uri": "a.bin", "byteLength": 4}])
    first = validator.check(model, "a.gltf", content.__getitem__)
    assert validator.check(model, "b.gltf", content.__getitem__) == first
    assert len(rounds) == 1
    content["a.bin"] = b"12"
    second = validator.check(model, "a.gltf", content.__getitem__)
    assert "BUFFER_BYTE_LENGTH_MISMATCH" in {each.code for each in second.messages}
    assert len(rounds) == 2


@needs_validator
def test_errors_do_not_hide_behind_thousands_of_hints(make, monkeypatch):
    monkeypatch.setattr(gltf_validator, "_MAX_ASKED", 50)
    nodes = [{"extras": 1, "unknown": 1} for _ in range(500)]
    materials = [{"alphaCutoff": -1}]
    verdict = make().check(gltf(nodes=nodes, materials=materials), "a.gltf", no_files)
    assert verdict.is_conformant is False
    assert verdict.messages[0].severity is E
    assert len(verdict.messages) <= gltf_validator.MAX_MESSAGES
    assert verdict.left_out > 0


@needs_validator
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"glTF",
        b'{"asset":' * 60_000,
        b'{"asset":{"version":"2.0"},"extras":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        gltf(accessors=[{"count": 2**53, "componentType": 5126, "type": "MAT4"}]),
        gltf(buffers=[{"byteLength": 2**53 - 1}], bufferViews=[{"buffer": 0, "byteLength": 2**53 - 1}]),
        struct.pack("<4sIIII", b"glTF", 2, 2**32 - 1, 2**32 - 1, 0x4E4F534A),
        struct.pack("<4sIIII", b"glTF", 2, 20, 0, 0x4E4F534A),
        random.Random(7).randbytes(100_000),
        b"glTF" + random.Random(8).randbytes(100_000),
    ],
    ids=["empty", "brace", "magic", "open", "deep", "count", "buffer", "lengths", "no-json", "random", "random-glb"],
)
def test_hostile_bytes_get_a_verdict_and_the_next_model_too(make, data):
    validator = make(limit_s=60)
    verdict = validator.check(data, "bad.glb", no_files)
    assert verdict.is_conformant is not True or verdict.unchecked == ""
    assert verdict.messages or verdict.unchecked
    assert validator.check(gltf(), "good.gltf", no_files).is_conformant is True


@needs_validator
def test_a_model_that_takes_too_long_is_given_up(make):
    # Without a buffer view each of its elements is a zero, and the validator looks at all of them.
    sparse = {"count": 1, "indices": {"bufferView": 0, "componentType": 5125}, "values": {"bufferView": 1}}
    endless = gltf(
        buffers=[{"uri": "data:application/octet-stream;base64," + "A" * 24, "byteLength": 16}],
        bufferViews=[{"buffer": 0, "byteLength": 4}, {"buffer": 0, "byteOffset": 4, "byteLength": 12}],
        accessors=[{"count": 2_000_000_000, "componentType": 5126, "type": "VEC3", "sparse": sparse}],
        meshes=[{"primitives": [{"attributes": {"POSITION": 0}}]}],
    )
    validator = make(limit_s=3)
    started = time.monotonic()
    verdict = validator.check(endless, "endless.gltf", no_files)
    assert time.monotonic() - started < 60
    assert verdict.is_conformant is None
    assert "did not end within 3 s" in verdict.unchecked
    assert validator.check(gltf(), "good.gltf", no_files).is_conformant is True


@needs_validator
def test_a_theme_is_told_in_its_report(tmp_path):
    theme = tmp_path / "sample-theme"
    theme.mkdir()
    sample = samples.space()
    for name, content in sample.files.items():
        (theme / name).write_bytes(content)
    (theme / "theme.json").write_text(json.dumps(sample.document))
    (theme / "loop.gltf").write_bytes(gltf(nodes=[{"children": [1]}, {"children": [0]}]))
    found = [each for each in ThemeChecker(theme).check(Profile.SCHEMA).findings if each.rule == "GLTF-NODE_LOOP"]
    assert {(each.file, each.object) for each in found} >= {("loop.gltf", "loop.gltf#/nodes/0")}


def test_doctor_says_whether_it_is_there():
    assert validator_state() == "2.0.0-dev.3.10" if validator_script().is_file() else "missing" in validator_state()


# -- the program around it --------------------------------------------------------------------------------------------
def test_without_the_script_nothing_is_started(tmp_path):
    validator = KhronosValidator(tmp_path / "none.js")
    assert "not installed" in validator.absence
    assert validator._process is None


def test_silence_ends_in_time(make, engine):
    validator = make(engine("out({'ready': '1'}); model(); time.sleep(600)"), limit_s=1)
    verdict = validator.check(b"{}", "a.gltf", no_files)
    assert (verdict.is_conformant, verdict.unchecked) == (None, "the validator did not end within 1 s")
    assert validator._process is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit(3)", "cannot be started"),
        ("out({'refused': 'no engine'})", "cannot be started: no engine"),
        ("out({'ready': '1'}); model(); sys.exit(3)", "stopped unexpectedly"),
        ("out({'ready': '1'}); sys.exit(0)", "stopped unexpectedly"),
        ("out({'ready': '1'}); model(); print('no json'); sys.stdout.flush(); time.sleep(9)", "stopped unexpectedly"),
        ("out({'ready': '1'}); model(); out([1]); time.sleep(9)", "stopped unexpectedly"),
        ("out({'ready': '1'}); model(); out({'refused': 'RangeError'}); time.sleep(9)", "RangeError"),
    ],
)
def test_a_program_that_fails_leaves_the_model_unchecked(make, engine, body, why):
    verdict = make(engine(body)).check(b"{}" * 50_000, "a.gltf", no_files)
    assert verdict.is_conformant is None
    assert why in verdict.unchecked


def test_it_ends_when_no_model_comes(make, engine):
    validator = make(engine("out({'ready': '1'})\nwhile True: model(); out({'refused': 'x'})"), idle_s=0.2)
    validator.check(b"{}", "a.gltf", no_files)
    process = validator._process
    assert process is not None
    process.wait(10)
    for _ in range(200):
        if validator._process is None:
            break
        time.sleep(0.05)
    assert validator._process is None


def test_closing_the_app_does_not_wait_for_a_slow_model(make, engine):
    import threading

    validator = make(engine("out({'ready': '1'}); model(); time.sleep(600)"), limit_s=100)
    said: list[str] = []
    work = threading.Thread(target=lambda: said.append(validator.check(b"{}", "a.gltf", no_files).unchecked))
    work.start()
    for _ in range(200):
        if validator._process is not None:
            break
        time.sleep(0.05)
    started = time.monotonic()
    validator.abort()
    work.join(60)
    assert time.monotonic() - started < 60
    assert len(said) == 1
    assert said[0]
    assert "closing" in validator.check(b"[]", "b.gltf", no_files).unchecked


def test_the_shared_one_is_made_anew_after_its_end():
    first = gltf_validator.shared_validator()
    assert gltf_validator.shared_validator() is first
    gltf_validator.end_shared_validator()
    gltf_validator.end_shared_validator()
    assert gltf_validator.shared_validator() is not first
    if not first.absence:
        assert "closing" in first.check(gltf(), "a.gltf", no_files).unchecked
        assert gltf_validator.shared_validator().check(gltf(), "a.gltf", no_files).is_conformant is True


def test_the_program_does_not_import_from_its_own_folder():
    # services/http.py and secrets.py would hide the standard library's.
    import subprocess

    program = gltf_validator._ENGINE
    command = [sys.executable, "-P", str(program), "missing.js"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert "missing.js" in done.stderr
    assert "ImportError" not in done.stderr
