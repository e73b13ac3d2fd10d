"""Pictures of seats (``seatSprites``, section 3.3): a small theme of plain people, and a whole class of real ones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPointF

from office_studio.core.theme.manifest import theme_from_document
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.assets import load_assets
from office_studio.ui.render.portrait import Portraits
from office_studio.ui.render.seat_pictures import STEP_MS
from tests.golden.field_theme import (
    BLUE,
    DOCUMENT,
    FLOOR,
    GREEN,
    RED,
    YELLOW,
    agent,
    encoded,
    near,
    seat,
    sheet,
    solid,
    stage,
    theme,
    zone,
)

pytestmark = pytest.mark.usefixtures("qapp")
BOX = (80, 60, 120, 140)  # where the person of seat d1 is drawn, on a canvas of 400 × 300


def person(color: tuple[int, int, int], box: tuple[int, int, int, int] = BOX, factor: float = 1) -> bytes:
    """A picture as large as the canvas (or ``factor`` times that) with one coloured box."""
    image = Image.new("RGBA", (round(400 * factor), round(300 * factor)))
    image.paste((*color, 255), tuple(round(side * factor) for side in box))
    return encoded(image)


FILES = {"p.png": sheet(), "red.png": person(RED), "green.png": person(GREEN), "blue.png": person(BLUE)}
SPRITES = {"d1": {"working": ["green.png", "blue.png", "red.png"], "idle": ["red.png"]}}


def seated(*cast, sprites=SPRITES, files=None, **more):
    fields = {"atlas": "p.png", "frameWidth": 32, "frameHeight": 32, "states": {}, "directions": ["down"],
              "statusBadge": {"offsetX": 30, "offsetY": -110, "colors": {}}, "seatSprites": sprites}  # fmt: skip
    loaded = theme(FILES | (files or {}), characters=fields, **more.pop("changes", {}))
    return stage(loaded, cast or (agent(),), **more)


def test_picture_stands_for_the_body():
    drawn = seated()
    assert drawn.at(100, 100) == GREEN
    assert drawn.at(100, 240) == FLOOR  # no body at the seat
    assert drawn.figure().seat_picture.name == "green.png"


def test_picture_is_stretched_to_the_canvas():
    for factor in (0.5, 2):
        drawn = seated(files={"green.png": person(GREEN, factor=factor)})
        rect = drawn.figure().sceneBoundingRect()
        assert (rect.left(), rect.top(), rect.right(), rect.bottom()) == BOX


def test_only_the_person_is_kept():
    pictures = seated().scene.assets.seat_pictures["d1"].by_status["working"]
    assert [(p.image.width(), p.image.height()) for p in pictures] == [(40, 80)] * 3


@pytest.mark.parametrize(("status", "color"), [("working", GREEN), ("idle", RED), ("blocked", RED), ("offline", RED)])
def test_status_then_idle(status: str, color: tuple[int, int, int]):
    drawn = seated(agent("ada", status))
    assert drawn.figure().figure.seat_id == "d1"
    shade = color if status != "offline" else tuple(round(a * 0.4 + b * 0.6) for a, b in zip(color, FLOOR, strict=True))
    assert near(drawn.at(100, 100), shade, 3)


def test_neither_status_nor_idle_means_hidden_but_clickable_by_its_zone():
    drawn = seated(agent("ada", "blocked"), sprites={"d1": {"working": ["green.png"]}})
    assert drawn.at(100, 100) == drawn.at(100, 240) == FLOOR
    assert drawn.figure().is_hidden
    assert drawn.scene.labels.rect_of("ada") is not None
    assert drawn.scene.figure_at(QPointF(10, 290)) == "ada"  # in its zone
    assert drawn.scene.figure_at(QPointF(390, 290)) is None


def test_empty_seat_shows_nothing():
    drawn = seated(agent("ada"), changes={"zones": [DOCUMENT["zones"][1], DOCUMENT["zones"][0]]}, bound=False)
    drawn.scene.apply(drawn.model.advance(1100))
    empty = stage(theme(FILES, characters=DOCUMENT["characters"] | {"seatSprites": SPRITES}))
    assert empty.at(100, 100) == FLOOR


def test_all_pictures_of_a_list_step_together_every_two_seconds():
    files = {"other.png": person(YELLOW, (40, 40, 70, 90)), "another.png": person(RED, (40, 40, 70, 90))}
    sprites = SPRITES | {"d2": {"working": ["other.png", "another.png"]}}
    drawn = seated(agent("ada"), agent("ben"), sprites=sprites, files=files, at_ms=0)
    seen, due = [], []
    for step in range(7):
        due.append(drawn.scene.animate(step * STEP_MS + 5))
        drawn.advance(step * STEP_MS + 10)
        seen.append((drawn.at(100, 100), drawn.at(50, 60)))
    assert [a for a, _ in seen] == [GREEN, BLUE, RED] * 2 + [GREEN]
    assert [b for _, b in seen] == [YELLOW, RED] * 3 + [YELLOW]
    assert all(at is not None and at <= (step + 1) * STEP_MS for step, at in enumerate(due))


def test_stacking_is_the_order_of_keys():
    files = {"other.png": person(YELLOW, (100, 60, 160, 140))}
    for keys, color in ((("d1", "d2"), YELLOW), (("d2", "d1"), GREEN)):
        both = SPRITES | {"d2": {"working": ["other.png"]}}
        drawn = seated(agent("ada"), agent("ben"), sprites={key: both[key] for key in keys}, files=files)
        assert drawn.at(110, 100) == color


def test_name_badge_and_hit_area_stay():
    drawn = seated()
    labels = drawn.scene.labels
    name, badge = labels.rect_of("ada"), labels.badge_rect_of("ada")
    assert name.center().x() == pytest.approx(100, abs=1)  # over the person, not over the seat
    assert name.bottom() <= 60
    assert badge is not None
    assert badge.intersects(drawn.figure().sceneBoundingRect().adjusted(-20, -20, 20, 20))
    assert drawn.scene.figure_at(QPointF(100, 130)) == "ada"
    assert drawn.scene.figure_at(QPointF(70, 130)) is None  # nothing is drawn there
    assert drawn.scene.figure_at(name.center()) == "ada"


def test_the_body_is_back_when_the_agent_leaves():
    """The bound one stays at its pictured seat, whatever it does; a guest goes to the lounge."""
    drawn = seated(agent("ada"), changes={"zones": [zone("work", "work", (0, 0, 200, 300), [seat("d1", 100, 250)]),
                                                    DOCUMENT["zones"][1]]}, bound=False)  # fmt: skip
    assert drawn.figure().seat_picture is not None
    drawn.tell(agent("ada", "idle"))
    for at in range(1000, 9000, 50):
        drawn.advance(at)
    figure = drawn.figure()
    assert figure.figure.seat_id == "s1"
    assert figure.seat_picture is None
    assert not figure.is_hidden
    rect = figure.sceneBoundingRect()
    assert (rect.center().x(), rect.bottom()) == (pytest.approx(320, abs=1), pytest.approx(250, abs=1))
    assert drawn.at(320, 240) != FLOOR
    assert drawn.at(100, 100) == FLOOR


def test_missing_and_broken_pictures_are_skipped_with_findings():
    sprites = {"d1": {"working": ["gone.png", "green.png", "bad.png"], "idle": ["gone.png"]}, "nowhere": {"idle": []}}
    drawn = seated(agent(current_task="Tidy up"), sprites=sprites, files={"bad.png": b"no picture"})
    assert drawn.at(100, 100) == GREEN
    assert list(drawn.scene.assets.seat_pictures["d1"].by_status) == ["working"]
    assert {f.file for f in drawn.scene.assets.findings} == {"gone.png", "bad.png"}
    assert drawn.scene.animate(3000) is None  # one picture is left: nothing steps


def test_picture_without_anybody_and_picture_without_transparency():
    files = {"green.png": encoded(Image.new("RGBA", (400, 300))), "wall.png": solid(40, 30, YELLOW)}
    drawn = seated(sprites={"d1": {"working": ["green.png"]}, "d2": {"working": ["wall.png"]}}, files=files)
    assert drawn.at(100, 100) == FLOOR
    assert drawn.scene.assets.seat_pictures["d2"].box.width == 400


def test_portraits_show_the_face_of_the_picture():
    drawn = seated()
    portrait = Portraits().of(drawn.scene, "ada", 40, 1.0).toImage()
    assert near(portrait.pixelColor(20, 30).getRgb(), RED, 12)  # the first picture of idle


def test_selected_person_is_outlined():
    plain, chosen = seated(), seated(selected="ada")
    assert plain.at(100, 58) != chosen.at(100, 58)


def test_a_class_of_forty_eight_pictures_takes_little_memory(shared_dir: Path):
    """Whole, they are two hundred megabytes."""
    themes = shared_dir / "data" / "themes"
    document = json.loads((themes / "derived-manifests" / "avg-classroom.seat-sprites.json").read_text())
    made, findings = theme_from_document(document)
    loaded = replace(load_theme(themes / "avg-classroom"), theme=made, findings=findings)
    assets = load_assets(loaded)
    pictures = {p.name: p.image for s in assets.seat_pictures.values() for ps in s.by_status.values() for p in ps}
    assert len(assets.seat_pictures) == 6
    assert len(pictures) == 36
    assert sum(image.sizeInBytes() for image in pictures.values()) < 25_000_000
    statuses = ("working", "idle", "blocked", "collaborating", "working", "offline")
    cast = [agent(f"a{i}", status) for i, status in enumerate(statuses)]
    drawn = stage(loaded, cast, size=(960, 536))
    for i, status in enumerate(statuses):
        item = drawn.figure(f"a{i}")
        wanted = document["characters"]["seatSprites"][f"seat-{i + 1}"]
        assert item.seat_picture.name in wanted.get(status, wanted["idle"])
        assert drawn.scene.figure_at(item.chest()) is not None
    names = [drawn.scene.labels.rect_of(f"a{i}") for i in range(6)]
    assert all(name is not None for name in names)
