"""Each fix: offered, applied, the finding is gone and nothing else changed; undone, every byte is as before."""

from __future__ import annotations

import difflib
import io
import json
from typing import Any

import pytest
from PIL import Image

from office_studio.core.theme.files import MemoryFiles
from office_studio.core.theme.manifest import BOM
from office_studio.core.validation.fixes import fix_titles
from office_studio.core.validation.fixes.json_text import edited
from office_studio.core.validation.fixes.model import FIXES, Drop, FixFailed, Put, RenameKey
from office_studio.core.validation.fixes.pictures import smaller
from office_studio.core.validation.fixes.session import ChangedFiles, FixSession
from office_studio.core.validation.rule import RULES, Profile
from office_studio.services.theme_schema import manifest_schema
from tests.unit.core.validation import samples
from tests.unit.core.validation.cases import Change, both, drop, file, put, rewritten
from tests.unit.core.validation.rule_cases_parts import EFFECT, OVERLAY, PULSE, SPRITE
from tests.unit.core.validation.samples import Sample, picture


def session(sample: Sample, **more: Any) -> FixSession:
    raw = sample.raw if sample.raw is not None else json.dumps(sample.document, indent=2).encode()
    files = ChangedFiles(MemoryFiles(sample.files | {"theme.json": raw}))
    render = more.pop("render_preview", lambda width, height: picture(width, height))
    return FixSession(raw, files, profile=Profile.STORE, schema=manifest_schema(), render_preview=render,
                      published_version=sample.published_version, **more)  # fmt: skip


CASES: list[tuple[str, str, str, Change]] = [
    # rule, fix, what the changed lines of theme.json hold (or "" when no line changes), what spoils the sample
    ("T2D-FURN-LAYER", "did-you-mean", '"layer": "effects"', both(SPRITE, put("furniture/0/layer", "efects"))),
    ("T2D-FURN-LAYER", "add-layer", '"id": "attic"', both(SPRITE, put("furniture/0/layer", "attic"))),
    ("T2D-FX-LAYER", "did-you-mean", '"layer": "characters"', both(EFFECT, put("effects/0/layer", "Characters"))),
    ("T2D-LAYER-WELLKNOWN", "add-layer", '"zIndex": 50', drop("layers/2")),
    ("T2D-ZONE-TYPE", "did-you-mean", '"type": "lounge"', put("zones/2/type", "Lounge")),
    ("T2D-SEAT-DIR", "did-you-mean", '"direction": "up"', put("zones/0/seats/0/direction", "north")),
    ("T2D-FX-BLEND", "did-you-mean", '"blendMode": "multiply"', both(EFFECT, put("effects/0/blendMode", "multipli"))),
    ("T2D-ANIM-TYPE", "did-you-mean", '"type": "pulse"', both(EFFECT, PULSE, put("effects/0/animation/type", "pulze"))),
    ("T2D-META-LICENSE", "did-you-mean", '"license": "standard"', put("license", "Standard")),
    ("T2D-META-RENDERER", "did-you-mean", '"renderer": "pixi"', put("renderer", "pixijs")),
    ("T2D-META-RENDERER-CASE", "did-you-mean", '"renderer": "pixi"', put("renderer", "PIXI")),
    ("T2D-META-UNKNOWN", "did-you-mean", '"maxAgents": 6', put("max_agents", 6)),
    ("T2D-SEATSPRITE-STATUS", "did-you-mean", '"working": [',
     both(OVERLAY, put("characters/seatSprites/desk-1/workin", ["over.png"]))),
    ("T2D-SEATSPRITE-SEAT", "did-you-mean", '"desk-2": {',
     both(OVERLAY, put("characters/seatSprites/dsk-2", {"idle": ["over.png"]}))),
    ("T2D-CHAR-STATES", "did-you-mean", '"working": {',
     both(drop("characters/states/working"),
          put("characters/states/Workin", {"prefix": "w", "frames": 4, "fps": 1, "loop": True}))),
    ("T2D-CHAR-DIRS", "did-you-mean", '"left"', put("characters/directions/2", "lef")),
    ("T2D-SEAT-ZONE", "seat-into-zone", '"y": 140', put("zones/0/seats/0/y", 190)),
    ("T2D-SEAT-CANVAS", "seat-into-zone", '"y": 140', put("zones/0/seats/0/y", 900)),
    ("T2D-CANVAS-COLOR", "color-form", '"color": "0x0000ff"', put("canvas/background/color", "rgb(0, 0, 255)")),
    ("T2D-CANVAS-COLOR-UPSTREAM", "color-form", '"color": "0x102030"', put("canvas/background/color", "#102030")),
    ("T2D-CHAR-BADGE-COLOR", "color-form", '"idle": "#ffaa00"', put("characters/statusBadge/colors/idle", "#fa0")),
    ("T2D-META-VERSION", "version-form", '"version": "1.2.0"', put("version", "v1.2")),
    ("T2D-META-VERSION", "version-form", '"version": "3.0.0"', put("version", 3.0)),
    ("T2D-META-VERSION-SAME", "version-up", '"version": "1.0.1"', lambda s: setattr(s, "published_version", "1.0.0")),
    ("T2D-META-ID", "id-form", '"id": "my-theme"', put("id", "My Theme!")),
    ("T2D-ZONE-CAPSEATS", "capacity-of-seats", '"capacity": 2', put("zones/1/capacity", 5)),
    ("T2D-META-MAXAGENTS-SEATS", "max-agents", '"maxAgents": 6', put("maxAgents", 60)),
    ("T2D-VIEW-RANGE", "zoom-order", "Zoom", both(put("viewport/minZoom", 2), put("viewport/maxZoom", 0.5))),
    ("T2D-VIEW-DEFAULT-RANGE", "zoom-into-range", '"defaultZoom": 2', put("viewport/defaultZoom", 9)),
    ("T2D-FURN-TOOLTIP", "tooltip", '"interactive": true', both(SPRITE, put("furniture/0/tooltip", "A plant"))),
    ("T2D-FURN-TOOLTIP", "tooltip", "", both(SPRITE, put("furniture/0/interactive", True))),
    ("T2D-ANIM-MINMAX", "opacity-order", "Opacity",
     both(EFFECT, PULSE, put("effects/0/animation/minOpacity", 0.9), put("effects/0/animation/maxOpacity", 0.1))),
    ("T2D-PATH-ABS", "relative-path", '"image": "background.png"',
     put("canvas/background/image", "/themes/sample-theme/background.png")),
    ("T2D-PATH-TRAVERSAL", "relative-path", '"image": "background.png"',
     put("canvas/background/image", "../x/background.png")),
    ("T2D-PATH-SCHEME", "relative-path", '"image": "background.png"',
     put("canvas/background/image", "C:\\art\\background.png")),
    ("T2D-PATH-BACKSLASH", "relative-path", '"image": "a/b.png"',
     both(put("canvas/background/image", "a\\b.png"), file("a/b.png", picture(640, 360)))),
    ("T2D-PATH-CASE", "path-case", '"image": "background.png"', put("canvas/background/image", "BackGround.png")),
    ("T2D-FILE-MISSING", "did-you-mean", '"image": "background.png"', put("canvas/background/image", "backgruond.png")),
    ("T2D-SPRITE-MISSING", "did-you-mean", '"sprite": "plant.png"',
     both(SPRITE, put("furniture/0/sprite", "art/plant.png"))),
    ("T2D-FILE-UNUSED", "drop-file", "", file("spare.png", picture(32, 32))),
    ("T2D-FILE-HIDDEN", "drop-file", "", file(".DS_Store", b"x")),
    ("T2D-FILE-EXT", "exclude-file", "", both(put("canvas/background/image2x", "big.tif"), file("big.tif", b"II*"))),
    ("T2D-IMG-MAGIC", "right-extension", '"image": "background.jpg"',
     file("background.png", picture(640, 360, kind="JPEG"))),
    ("T2D-BUNDLE-SUBDIR", "flatten", '"image": "room.png"',
     both(put("canvas/background/image", "art/room.png"), file("art/room.png", picture(640, 360)))),
    ("T2D-PREVIEW-ROOT", "flatten", '"preview": "art-preview.png"',
     both(put("preview", "art/preview.png"), file("art/preview.png", picture(640, 360)))),
    ("T2D-PREVIEW-MISSING", "draw-preview", "", lambda s: s.files.pop("preview.png")),
    ("T2D-PREVIEW-DIM", "draw-preview", "", file("preview.png", picture(300, 200))),
    ("T2D-IMG-SIZE", "store-smaller", "", file("background.png", picture(640, 360) + bytes(10_500_000))),
    ("T2D-IMG-DOCSIZE", "store-smaller", "", file("background.png", picture(640, 360) + bytes(2_100_000))),
    ("T2D-PREVIEW-SIZE", "store-smaller", "", file("preview.png", picture(640, 360) + bytes(300_000))),
    ("T2D-IMG-DIM", "store-smaller", "", file("background.png", picture(4800, 2700))),
    ("T2D-JSON-BOM", "strip-bom", "{", rewritten(lambda raw: BOM + raw)),
    ("T3D-PATH-UNSAFE", "relative-path", '"model": "room.glb"', put("room/model", "/themes/other/room.glb")),
    ("T3D-FILE-CASE", "path-case", '"model": "room.glb"', put("room/model", "Room.GLB")),
    ("T3D-FILE-MISSING", "did-you-mean", '"model": "room.glb"', put("room/model", "models/room.glb")),
    ("T3D-SUBDIR", "flatten", '"model": "hall.glb"',
     both(put("room/model", "a/hall.glb"), file("a/hall.glb", samples.model(4)))),
    ("T3D-CAM-TYPE", "did-you-mean", '"type": "orthographic"', put("camera/type", "Ortographic")),
    ("T3D-COLOR-FORM", "color-form", '"color": "0xffeedd"', put("lighting/ambient/color", "#ffeedd")),
    ("T3D-ZOOM-LIMITS", "zoom-into-range", '"zoom": 2', put("camera/zoom", 7)),
    ("T3D-ANIM-UNKNOWN-CLIP", "did-you-mean", '"idle": "idle"', put("character/animations/idle", "Idle")),
    ("T3D-ANIM-KEY-UNKNOWN", "did-you-mean", '"sit": "dance"', put("character/animations/sitt", "dance")),
    ("T3D-POS-KEY", "did-you-mean", '"bed": [',
     both(drop("character/positions/bed"), put("character/positions/bedd", [0, 0, 0]))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "ident", "line", "spoil"), CASES, ids=[f"{c[0]} {c[1]} {i}" for i, c in enumerate(CASES)]
)
def test_fix(rule, ident, line, spoil):
    sample = samples.space() if rule.startswith("T3D") else samples.flat()
    spoil(sample)
    theme = session(sample)
    before_files = {name: theme.files.read(name) for name in theme.files.names}
    before = theme.report().findings
    told = [f for f in before if f.rule == rule]
    assert [f.fix for f in told] == [ident] * len(told)
    assert told
    done = theme.fix_all([rule], safe_only=False)
    assert [applied.fix.id for applied in done] == [ident], theme.failures
    after = theme.report().findings
    assert [f for f in after if f.rule == rule] == []
    # Nothing new is wrong but what the fix is about: a layer or a file may now be called unused, a colour black, …
    new = {f.rule for f in after} - {f.rule for f in before}
    assert not {r for r in new if RULES[r].severity == "error"}, new
    old_text, new_text = before_files["theme.json"].decode(), theme.raw.decode()
    changed = [
        text[2:] for text in difflib.ndiff(old_text.splitlines(), new_text.splitlines()) if text.startswith("+ ")
    ]
    assert line in "\n".join(changed)
    assert len(changed) <= 5
    for applied in reversed(done):
        theme.undo(applied)
    assert {name: theme.files.read(name) for name in theme.files.names} == before_files
    assert theme.raw == before_files["theme.json"]


def test_every_fix_has_a_case():
    covered = {(rule, ident) for rule, ident, _, _ in CASES}
    for kind in FIXES:
        for rule in kind.rules:
            assert rule in RULES
            assert any(rule == known for known, _ in covered), rule
    assert fix_titles("T2D-SEAT-ZONE") == ["move the seat into its zone"]


def test_many_fixes_at_once_leave_a_clean_theme():
    sample = samples.flat()
    both(put("zones/0/type", "Work"), put("zones/0/seats/0/y", 500), put("version", "2"), put("zones/1/capacity", 9),
         put("canvas/background/color", "#123456"), put("canvas/background/image", "/background.png"),
         drop("layers/3"), lambda s: s.files.pop("preview.png"), rewritten(lambda raw: raw))(sample)  # fmt: skip
    sample.raw = BOM + json.dumps(sample.document, indent=2).encode()
    theme = session(sample)
    done = theme.fix_all()
    assert theme.report().findings == ()
    assert len(done) == 9
    assert all(applied.fix.is_safe for applied in done)


def test_only_safe_fixes_are_applied_unasked():
    sample = samples.flat()
    sample.files["spare.png"] = picture(32, 32)
    theme = session(sample)
    assert theme.fix_all() == []
    assert [a.fix.id for a in theme.fix_all(safe_only=False)] == ["drop-file"]


def test_without_a_painter_no_preview_is_drawn_and_a_failing_one_is_told():
    sample = samples.flat()
    sample.files.pop("preview.png")
    assert session(sample, render_preview=None).fix_all() == []

    def broken(width: int, height: int) -> bytes:
        raise FixFailed("no screen")

    theme = session(sample, render_preview=broken)
    assert theme.fix_all() == []
    assert [why for _, why in theme.failures] == ["no screen"]


def test_flattening_moves_an_atlas_with_its_picture():
    sample = samples.flat()
    frame = {"frame": {"x": 0, "y": 0, "w": 32, "h": 32}}
    frames = {
        f"char-{s}-{d}-{i}": frame
        for s in ("idle", "working")
        for d in ("up", "down", "left", "right")
        for i in range(4)
    }
    sample.document["characters"]["atlas"] = "figures/data/a.json"
    sample.files["figures/data/a.json"] = json.dumps({"frames": frames, "meta": {"image": "a.png"}}).encode()
    sample.files["figures/data/a.png"] = sample.files.pop("sheet.png")
    theme = session(sample)
    (done,) = theme.fix_all(["T2D-BUNDLE-SUBDIR"], safe_only=False)
    assert done.fix.id == "flatten"
    assert {"a.json", "a.png"} <= set(theme.files.names)
    assert not [name for name in theme.files.names if "/" in name]
    assert {f.rule for f in theme.report().findings} <= {"T2D-CHAR-ATLAS-JSON"}


# -- text -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("raw", "edit", "expected"),
    [
        ('{"a": 1, "b": 2}', Put("/a", "x"), '{"a": "x", "b": 2}'),
        ('{"a": 1,"b":2}', Drop("/a"), '{"b":2}'),
        ('{"a": 1,"b":2}', Drop("/b"), '{"a": 1}'),
        ('{"a": 1}', Drop("/a"), "{}"),
        ('{\n  "a": [\n    1,\n    2\n  ]\n}\n', Drop("/a/0"), '{\n  "a": [\n    2\n  ]\n}\n'),
        ('{\n  "a": 1\n}\n', Put("/b", True), '{\n  "a": 1,\n  "b": true\n}\n'),
        ('{\r\n\t"a": 1\r\n}', Put("/b", {"c": 1}), '{\r\n\t"a": 1,\r\n\t"b": {\r\n\t\t"c": 1\r\n\t}\r\n}'),
        ('{"a": {}}', Put("/a/b", 1), '{"a": {\n  "b": 1\n}}'),
        ('{"a": [1, 2]}', Put("/a/-", 3), '{"a": [1, 2, 3]}'),
        ('{"é": 1, "b/c": 2}', RenameKey("/b~1c", "ü"), '{"é": 1, "ü": 2}'),
        ('{"a": 1, "a": 2}', Put("/a", 3), '{"a": 1, "a": 3}'),
        ('{\n "l": [\n  {"id": 1}\n ]\n}', Put("/l/-", {"id": 3}), '{\n "l": [\n  {"id": 1},\n  {"id": 3}\n ]\n}'),
        ('{"a": 1}', Put("/x/y", 2), '{"a": 1, "x": {"y": 2}}'),
    ],
)  # fmt: skip
def test_edits_keep_the_rest_of_the_text(raw, edit, expected):
    result = edited(raw.encode(), [edit]).decode()
    json.loads(result)
    assert result == expected


def test_edits_of_places_that_are_not_there():
    for edit in (Drop("/b"), RenameKey("/a/b", "c"), Put("/a/b", 1)):
        with pytest.raises(FixFailed):
            edited(b'{"a": 1}', [edit])
    with pytest.raises(FixFailed):
        edited(b'{"a": ', [Put("/a", 1)])


# -- pictures --------------------------------------------------------------------------------------------------
def noisy(kind: str) -> bytes:
    image = Image.effect_noise((600, 600), 80).convert("RGB")
    stream = io.BytesIO()
    image.save(stream, kind, **({"quality": 100} if kind != "PNG" else {}))
    return stream.getvalue()


@pytest.mark.parametrize(("kind", "share"), [("PNG", 0.7), ("JPEG", 0.5), ("WEBP", 0.6)])
def test_pictures_get_smaller_and_stay_what_they_are(kind, share):
    data = noisy(kind)
    made = smaller(data, int(len(data) * share))
    assert len(made) <= len(data) * share
    with Image.open(io.BytesIO(made)) as picture_:
        assert (picture_.format, picture_.size) == (kind, (600, 600))


def test_what_cannot_be_made_small_enough_says_so():
    with pytest.raises(FixFailed, match="the best is"):
        smaller(noisy("JPEG"), 100)
