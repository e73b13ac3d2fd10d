"""What a checker of models says becomes findings; files beside a model are its own and never too many."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from office_studio.core.theme.files import MemoryFiles
from office_studio.core.validation import catalogue, gltf_checker
from office_studio.core.validation.engine import check_theme
from office_studio.core.validation.gltf_checker import ExternalFiles, GltfMessage, GltfVerdict, ReadExternal
from office_studio.core.validation.lint import parse_lint
from office_studio.core.validation.report import Finding, Severity
from office_studio.core.validation.rule import Profile
from office_studio.core.validation.rules.khronos import TOLERATED
from office_studio.core.validation.subject import FactCache
from office_studio.errors import AssetError
from tests.unit.core.validation import samples

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741


class Checker:
    """Says of every model what it was told to say, and remembers which it was asked about."""

    def __init__(self, verdict: GltfVerdict, absence: str = "", reads: tuple[str, ...] = ()) -> None:
        self.verdict, self.absence, self.reads = verdict, absence, reads
        self.asked: list[str] = []
        self.got: list[bytes | str] = []

    def check(self, data: bytes, name: str, read_external: ReadExternal) -> GltfVerdict:
        assert data
        self.asked.append(name)
        for uri in self.reads:
            try:
                self.got.append(read_external(uri))
            except AssetError as error:
                self.got.append(error.code)
        return self.verdict


def said(*messages: GltfMessage, left_out: int = 0, external: tuple[str, ...] = ()) -> Checker:
    bad = any(message.severity is E for message in messages)
    return Checker(GltfVerdict(messages, not bad, left_out, "", external), reads=external)


def findings(
    checker: Checker | None, profile: Profile = Profile.SCHEMA, cache: FactCache | None = None, **files: bytes
) -> list[Finding]:
    sample = samples.space()
    raw = json.dumps(sample.document).encode()
    content = sample.files | {"theme.json": raw} | {name.replace("__", "."): data for name, data in files.items()}
    report = check_theme(raw, MemoryFiles(content), profile=profile, models=checker, cache=cache)
    return [each for each in report.findings if "GLTF" in each.rule]


LOOP = GltfMessage("NODE_LOOP", E, "Node is a part of a node loop.", "/nodes/1")
LENGTH = GltfMessage("GLB_LENGTH_MISMATCH", E, "Declared length does not match.", None, 48)
UNUSED = GltfMessage("UNUSED_OBJECT", I, "This object may be unused.", "/nodes/0")
NOT_ROOT = GltfMessage("SCENE_NON_ROOT_NODE", E, "Node 1 is not a root node.", "/scenes/0/nodes/0")


def test_a_message_is_a_finding_with_its_place_in_the_model():
    found = findings(said(LOOP, UNUSED))
    room = [each for each in found if each.file == "room.glb"]
    assert [(each.rule, each.severity, each.object) for each in room] == [
        ("GLTF-NODE_LOOP", E, "room.glb#/nodes/1"),
        ("GLTF-UNUSED_OBJECT", I, "room.glb#/nodes/0"),
    ]
    assert room[0].message == "room.glb: Node is a part of a node loop. (/nodes/1)"
    assert room[0].help
    assert room[0].pointer is None  # pointers lead into theme.json


def test_a_fault_of_the_container_names_the_byte():
    (found, _) = findings(said(LENGTH))
    assert found.object in ("figure.glb#byte=48", "room.glb#byte=48")
    assert found.message.endswith("(byte 48)")


def test_a_good_model_gives_none_and_each_is_asked_about():
    checker = said()
    assert findings(checker) == []
    assert checker.asked == ["figure.glb", "room.glb"]


@pytest.mark.parametrize(("profile", "level"), [(Profile.SCHEMA, W), (Profile.STORE, E)])
def test_what_every_loader_forgives_blocks_only_in_the_store(profile, level):
    assert NOT_ROOT.code in TOLERATED
    assert {each.severity for each in findings(said(NOT_ROOT), profile)} == {level}
    assert {each.severity for each in findings(said(LOOP), profile)} == {E}


def test_servers_do_not_look_into_models():
    checker = said(LOOP)
    assert findings(checker, Profile.SERVER) == []
    assert checker.asked == []


def test_without_a_validator_the_report_says_which_checks_ran():
    (found,) = findings(Checker(GltfVerdict(), absence="the Khronos glTF-Validator is not installed"))
    assert (found.rule, found.severity) == ("T3D-GLTF-UNCHECKED", I)
    assert "structural checks only: the Khronos glTF-Validator is not installed" in found.message


def test_a_theme_without_models_does_not_ask_for_a_validator():
    sample = samples.flat()
    raw = json.dumps(sample.document).encode()
    absent = Checker(GltfVerdict(), absence="not there")
    report = check_theme(raw, MemoryFiles(sample.files | {"theme.json": raw}), models=absent)
    assert [each.rule for each in report.findings] == []


def test_a_model_that_could_not_be_checked_is_named():
    found = findings(Checker(GltfVerdict(is_conformant=None, unchecked="it did not end within 15 s")))
    assert {(each.rule, each.severity, each.file) for each in found} == {
        ("T3D-GLTF-UNCHECKED", W, "room.glb"),
        ("T3D-GLTF-UNCHECKED", W, "figure.glb"),
    }
    assert "15 s" in found[0].message


def test_a_model_above_the_limit_is_not_read(monkeypatch):
    monkeypatch.setattr("office_studio.core.validation.rules.khronos.MAX_MODEL_BYTES", 2_000_000)
    checker = said()
    found = findings(checker, big__glb=bytes(3_000_000))
    assert [each.file for each in found] == ["big.glb"]
    assert "big.glb" not in checker.asked


def test_what_was_left_out_is_counted():
    found = [each for each in findings(said(LOOP, left_out=7)) if each.rule == "T3D-GLTF-MORE"]
    assert {each.file for each in found} == {"room.glb", "figure.glb"}
    assert "7 more" in found[0].message


def test_a_model_is_asked_about_once_unless_files_lie_beside_it():
    cache: FactCache = {}
    alone, beside = said(LOOP), said(LOOP, external=("a.bin",))
    first = findings(alone, cache=cache)
    assert findings(alone, cache=cache) == first
    assert findings(None, cache=cache) == first  # a zip of the same files, read back
    assert len(alone.asked) == 2
    cache.clear()
    findings(beside, cache=cache)
    findings(beside, cache=cache)
    assert len(beside.asked) == 4


def test_a_code_can_be_silenced_and_looked_up():
    lint = parse_lint(b'[[suppress]]\nrule = "GLTF-NODE_LOOP"\n[severity]\n"GLTF-UNUSED_OBJECT" = "error"\n')
    assert lint.findings == ()
    kept = list(lint.apply(findings(said(LOOP, UNUSED))))
    assert {(each.rule, each.severity) for each in kept} == {("GLTF-UNUSED_OBJECT", E)}
    assert catalogue.find_rule("gltf-node_loop").id == "GLTF-*"


# -- files beside a model ----------------------------------------------------------------------------------------
FILES = {
    "m/a.gltf": b"{}",
    "m/a b.bin": b"inside",
    "m/deep/c.png": b"picture",
    "secret.txt": b"outside",
    "m/%41.x": b"",
}


@pytest.mark.parametrize(
    ("uri", "content"), [("a%20b.bin", b"inside"), ("a b.bin", b"inside"), ("./deep/c.png", b"picture")]
)
def test_files_below_the_models_folder_are_read(uri, content):
    assert ExternalFiles(MemoryFiles(FILES), "m/a.gltf").read(uri) == content


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("../secret.txt", "MODEL_FILE_OUTSIDE"),
        ("%2e%2e/secret.txt", "MODEL_FILE_OUTSIDE"),
        ("..%2fsecret.txt", "MODEL_FILE_OUTSIDE"),
        ("..\\secret.txt", "MODEL_FILE_OUTSIDE"),
        ("/etc/hostname", "MODEL_FILE_OUTSIDE"),
        ("%2fetc/hostname", "MODEL_FILE_OUTSIDE"),
        ("file:///etc/hostname", "MODEL_FILE_OUTSIDE"),
        ("https://example.org/a.bin", "MODEL_FILE_OUTSIDE"),
        ("a b.bin\0.png", "MODEL_FILE_OUTSIDE"),
        ("a b.bin?x", "MODEL_FILE_OUTSIDE"),
        ("", "MODEL_FILE_OUTSIDE"),
        ("secret.txt", "MODEL_FILE_MISSING"),
        ("A B.bin", "MODEL_FILE_MISSING"),
    ],
)
def test_nothing_else_is_read(uri, code):
    with pytest.raises(AssetError) as caught:
        ExternalFiles(MemoryFiles(FILES), "m/a.gltf").read(uri)
    assert caught.value.code == code


@pytest.mark.parametrize(("name", "limit"), [("MAX_EXTERNAL_BYTES", 10), ("MAX_EXTERNAL_FILES", 1)])
def test_all_files_together_are_bounded_and_each_counts_once(monkeypatch, name, limit):
    monkeypatch.setattr(gltf_checker, name, limit)
    files = ExternalFiles(MemoryFiles(FILES), "m/a.gltf")
    read: Callable[[str], bytes] = files.read
    assert [read("a b.bin"), read("a%20b.bin")] == [b"inside", b"inside"]
    with pytest.raises(AssetError) as caught:
        read("deep/c.png")
    assert caught.value.code == "MODEL_FILES_TOO_LARGE"
