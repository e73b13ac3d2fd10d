"""Field tables of the 2D format: name tags, badges, their colours, marks of avatars, bubbles.

Sections 2.7.1, 2.7.2, 2.8, 12, 12.1.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter

from office_studio.core.office.bubbles import Bubble, BubbleKind
from office_studio.core.theme.model import Characters, NameTag, Point, StatusBadge
from office_studio.ui.render import palette
from office_studio.ui.render.bubble_look import DOT_STEP_MS, BubbleLook, bubble_size, wrap
from office_studio.ui.render.label_layer import CHATTER, spoken
from office_studio.ui.render.label_layout import Tag, arrange
from office_studio.ui.render.labels import LabelPainter, PillLook, pill_size
from office_studio.ui.render.tag_style import BadgeStyle, badge_style, font_of, tag_style
from tests.golden.field_theme import Json, agent, approve, near, seat, sheet, stage, theme, zone

pytestmark = pytest.mark.usefixtures("qapp")
TAG: Json = {"offsetY": -150, "font": "12px sans-serif", "color": "#ffffff", "bgColor": "#203040",
             "padding": {"x": 6, "y": 2}, "borderRadius": 4, "maxWidth": 100}  # fmt: skip
BADGE: Json = {"offsetX": 30, "offsetY": -112, "radius": 7, "colors": {"working": "#00ff88"}}


def labelled(tag: Json | None = None, badge: Json | None = None, *cast: Any, **more: Any):
    fields: Json = {"atlas": "p.png", "frameWidth": 32, "frameHeight": 32, "states": {}, "directions": ["down"],
                    "statusBadge": badge or {"colors": {}}}  # fmt: skip
    if tag is not None:
        fields["nameTag"] = TAG | tag
    return stage(theme({"p.png": sheet()}, characters=fields), cast or (agent(),), **more)


def style(scale: float = 1.0, **fields: Any):
    return tag_style(Characters(name_tag=NameTag(**fields)), scale)


# -- 2.7.1 -------------------------------------------------------------------------------------------
def test_tag_offset_above():
    rect = labelled({}).scene.labels.rect_of("ada")
    assert rect.bottom() == pytest.approx(250 - 150, abs=1)
    assert rect.center().x() == pytest.approx(100, abs=1)


def test_tag_offset_never_covers_the_own_face():
    """The figure is 105 units high; the web renderer never used the field, so no author saw -20."""
    rect = labelled({"offsetY": -20}).scene.labels.rect_of("ada")
    assert rect.bottom() <= 250 - 105


def test_tag_offset_below():
    assert labelled({"offsetY": 14}).scene.labels.rect_of("ada").top() == pytest.approx(264, abs=1)


@pytest.mark.parametrize(
    ("font", "family", "weight", "pixels"),
    [("12px sans-serif", "Inter", 400, 12), ("600 14px system-ui", "Inter", 600, 14),
     ("bold 13px 'No Such Font', monospace", "JetBrains Mono", 700, 13)],
)  # fmt: skip
def test_tag_font(font: str, family: str, weight: int, pixels: int):
    made = font_of(style(font=font))
    assert (QFontInfo(made).family(), made.weight(), made.pixelSize()) == (family, weight, pixels)


@pytest.mark.parametrize(("scale", "pixels"), [(0.2, 11), (1.0, 12), (1.2, 14), (5.0, 15)])
def test_tag_text_stays_readable_at_any_zoom(scale: float, pixels: int):
    assert style(scale).font_px == pixels


def painted(look: PillLook) -> QImage:
    return LabelPainter().pill(look).toImage()


def test_tag_color_and_ground():
    made = style(color="#ff0000", background="rgb(0, 0, 128)", border_radius=0)
    picture = painted(PillLook("AAAA", "working", style=replace(made, has_shape=False)))
    colors = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert picture.pixelColor(1, 1).name() == "#000080"
    assert any(QColor(name).red() > 200 and QColor(name).blue() < 60 for name in colors)


def test_tag_ground_may_be_clear_and_text_has_an_edge_then():
    made = style(color="#ffffff", background="rgba(0,0,0,0)")
    picture = painted(PillLook("AAAA", "working", style=replace(made, has_shape=False)))
    assert picture.pixelColor(0, 0).alpha() == 0
    alphas = [picture.pixelColor(x, picture.height() // 2) for x in range(picture.width())]
    assert any(color.alpha() > 60 and color.lightness() < 60 for color in alphas)


def test_tag_padding():
    thin, wide = (style(padding=Point(x, y)) for x, y in ((2, 0), (10, 6)))
    a, b = (pill_size(PillLook("Ada", "working", style=one)) for one in (thin, wide))
    assert (b.width() - a.width(), b.height() - a.height()) == (16, 12)


def test_tag_radius():
    square, round_ = (painted(PillLook("Ada", "idle", style=style(border_radius=r, background="#123456")))
                      for r in (0, 8))  # fmt: skip
    assert square.pixelColor(0, 0).alpha() == 255
    assert round_.pixelColor(0, 0).alpha() < 40


def test_tag_max_width_cuts_with_an_ellipsis():
    made = replace(style(max_width=60), has_shape=False)
    short, long = PillLook("Ada", "idle", style=made), PillLook("Bartholomew Longname", "idle", style=made)
    assert pill_size(long).width() == 60 + 12
    assert pill_size(short).width() < 60
    # What does not fit is not drawn, so the rest of the name changes nothing; dots are drawn instead of it.
    assert painted(long) == painted(replace(long, name="Bartholomew Otherwise"))
    assert painted(long) != painted(replace(long, name="Bartholo"))


def test_no_tag_means_our_dark_pill_with_the_shape():
    drawn = labelled()
    assert drawn.scene.labels.style is None
    assert drawn.scene.labels.rect_of("ada").height() == 18


# -- 2.7.2, 2.8 --------------------------------------------------------------------------------------
def test_badge_place():
    rect = labelled({}, BADGE).scene.labels.badge_rect_of("ada")
    assert (rect.center().x(), rect.center().y()) == (pytest.approx(130, abs=1), pytest.approx(138, abs=1))


@pytest.mark.parametrize(("radius", "drawn"), [(7, 7), (1, 5.0), (400, 11)])
def test_badge_radius(radius: float, drawn: float):
    assert badge_style(Characters(status_badge=StatusBadge(3, 3, radius)), 1.0).radius == drawn


def test_badge_color_and_white_outline():
    drawn = labelled({}, BADGE)
    assert near(drawn.at(130, 138), (0, 255, 136), 12)
    assert near(drawn.at(138, 138), (255, 255, 255), 25)


def test_badge_without_a_place_means_a_shape_in_the_tag():
    drawn = labelled({}, {"colors": {}})
    assert drawn.scene.labels.badge_rect_of("ada") is None
    assert drawn.scene.labels.style.has_shape
    assert labelled({}, BADGE).scene.labels.style.has_shape is False


@pytest.mark.parametrize(
    ("status", "colors", "wanted"),
    [("working", {"busy": "#123456"}, "#123456"), ("working", {"working": "#abc", "busy": "#123456"}, "#aabbcc"),
     ("idle", {"online": "rgb(1,2,3)"}, "#010203"), ("collaborating", {"meeting": "0x00ff00"}, "#00ff00"),
     ("blocked", {"busy": "#fff"}, "#dc2626"), ("offline", {"offline": "#4B5563"}, "#4b5563"), ("idle", {}, "#f59e0b"),
     ("unbound", {}, "#666666"), ("working", {"working": "nonsense"}, "#16a34a")],
)  # fmt: skip
def test_badge_color_keys(status: str, colors: dict[str, str], wanted: str):
    made = badge_style(Characters(status_badge=StatusBadge(1, 1, 5, colors)), 1.0)
    assert palette.qcolor(made.color(status)).name() == wanted


def test_badges_tell_statuses_apart_without_colour():
    """In one colour, all five are different pictures."""
    made, painter = BadgeStyle(0, 0, 8, ()), LabelPainter()
    pictures = [painter.badge(made, status, stale=True).toImage()
                for status in ("working", "idle", "blocked", "collaborating", "offline")]  # fmt: skip
    assert all(a != b for a, b in combinations(pictures, 2))


def test_picture_of_tags_and_badges(tmp_path: Path):
    picture = QImage(420, 190, QImage.Format.Format_RGB32)
    picture.fill(QColor("#b98a5e"))
    painter, labels = QPainter(picture), LabelPainter()
    badge = BadgeStyle(1, 1, 8, ())
    styles = (
        None,
        replace(style(font="600 13px sans-serif", border_radius=8), has_shape=False),
        style(color="#4A3728", background="rgba(255,255,255,0.6)"),
        style(background="rgba(0,0,0,0)"),
    )
    for column, status in enumerate(("working", "idle", "blocked", "collaborating", "offline")):
        for row, made in enumerate(styles):
            look = PillLook("Ada Lovelace"[: 3 + 4 * (column % 2)], status, column == 0 and row < 2, False, made)
            painter.drawPixmap(8 + column * 82, 8 + row * 32, labels.pill(look))
        painter.drawPixmap(18 + column * 82, 140, labels.badge(badge, status, stale=False))
        painter.drawPixmap(44 + column * 82, 140, labels.badge(badge, status, stale=True))
    painter.end()
    approve(picture, "fields-tags", tmp_path)


# -- 12: avatars -------------------------------------------------------------------------------------
def test_avatar_ring_has_the_color_of_the_status():
    drawn = stage(theme(characters={"statusBadge": {"colors": {"working": "#00ff88"}}}), [agent()])
    assert near(drawn.at(100 + 31, 250), (0, 255, 136), 30)


def test_avatar_disc_and_emoji():
    drawn = stage(theme(), [agent()])
    drawn.scene.looks = {"ada": ("★", "#123456")}
    drawn.figure().refresh()
    assert near(drawn.at(100 - 20, 250), (0x12, 0x34, 0x56), 10)


@pytest.mark.parametrize(
    ("status", "at", "shown"),
    [
        ("blocked", (130, 221), True),
        ("working", (138, 242), True),
        ("idle", (138, 242), False),
        ("idle", (130, 221), False),
    ],
)
def test_avatar_marks(status: str, at: tuple[int, int], shown: bool):
    """Triangle at (30, -30) for blocked, dots at (38, -8) for working, neither for idle."""
    drawn, empty = stage(theme(), [agent("ada", status)]), stage(theme())
    assert (drawn.at(*at) != empty.at(*at)) == shown


def test_picture_of_avatars(tmp_path: Path):
    cast = [agent("ada", "working"), agent("ben", "blocked"), agent("cy", "idle"), agent("di", "offline"),
            agent("eve", "collaborating", collaborating_with=("fay",)), agent("fay", "collaborating")]  # fmt: skip
    drawn = stage(None, cast, size=(640, 420), bound=False, selected="ada")
    approve(drawn.image(), "fields-avatars", tmp_path)


# -- 12.1 --------------------------------------------------------------------------------------------
def test_who_says_what():
    figure = replace(stage(theme(), [agent()]).figure().figure, bubble=None)
    thought, tool = Bubble(BubbleKind.THINKING), Bubble(BubbleKind.TOOL, "pytest -q")
    blocked = agent("ada", "blocked", blocked_by="Which ids?")
    assert spoken(replace(figure, bubble=tool), blocked, is_selected=False) == Bubble(BubbleKind.BLOCKED, "Which ids?")
    busy = agent("ada", current_task="Tidy up")
    assert spoken(figure, busy, is_selected=False) is None
    assert spoken(figure, busy, is_selected=True) == Bubble(BubbleKind.TASK, "Tidy up")
    assert spoken(replace(figure, bubble=tool), busy, is_selected=True) == tool
    assert spoken(replace(figure, bubble=thought), busy, is_selected=True).kind is BubbleKind.TASK
    assert spoken(replace(figure, bubble=thought), agent(), is_selected=False) == thought


def test_thinking_moves_in_steps_and_keeps_its_place():
    drawn = stage(theme(), [agent("ada")], at_ms=3000)
    rect = drawn.scene.labels.bubble_rect_of("ada")
    assert rect is not None
    assert rect.bottom() < drawn.figure().foot.y()
    pictures, at = [], 3000.0
    for _ in range(4):
        at = drawn.scene.animate(at) or 0
        drawn.scene.animate(at)
        pictures.append(drawn.image())
        assert drawn.scene.labels.bubble_rect_of("ada") == rect
    assert at - 3000 >= 3 * 400  # no more often than every 400 ms
    assert DOT_STEP_MS >= 400
    assert pictures[0] != pictures[1]


def test_bubbles_have_two_lines_at_most():
    assert len(wrap("word " * 200)) == 2
    assert wrap("word " * 200)[1].endswith("…")
    assert wrap("short") == ["short"]


def test_only_so_many_talk_of_work_that_goes_well():
    seats = [seat(f"d{i}", 60 + 130 * i, 240) for i in range(7)]
    wide = {"width": 1000, "height": 300, "background": {"color": "#203040"}}
    zones = [zone("work", "work", (0, 0, 1000, 300), seats)]
    cast = [agent(f"a{i}", current_task="") for i in range(7)]
    drawn = stage(theme(canvas=wide, zones=zones), cast, size=(1000, 300))
    for one in cast:
        drawn.tell(replace(one, agent=replace(one.agent, current_task="Refactor")))
    drawn.advance(1200)
    speaking = [i for i in range(7) if drawn.scene.labels.bubble_rect_of(f"a{i}") is not None]
    assert len(speaking) == CHATTER


def test_bubbles_labels_and_badges_keep_apart():
    seats = [seat(f"d{i}", 70 + 46 * (i % 6), 140 + 50 * (i // 6)) for i in range(12)]
    zones = [zone("work", "work", (0, 0, 400, 300), seats)]
    fields = {"atlas": "p.png", "frameWidth": 32, "frameHeight": 32, "nameTag": TAG, "states": {},
              "statusBadge": BADGE | {"offsetX": 10, "offsetY": -100}}  # fmt: skip
    cast = [agent(f"a{i}", "blocked" if i == 4 else "working", blocked_by="Which?") for i in range(12)]
    drawn = stage(theme({"p.png": sheet()}, characters=fields, zones=zones), cast, size=(800, 600), selected="a7")
    labels = drawn.scene.labels
    boxes = {}
    for ident in drawn.scene.figures:
        for kind, rect in (("tag", labels.rect_of(ident)), ("bubble", labels.bubble_rect_of(ident))):
            if rect is not None:
                boxes[kind, ident] = rect
    assert ("bubble", "a4") in boxes
    assert [pair for pair in combinations(boxes, 2) if boxes[pair[0]].intersects(boxes[pair[1]])] == []
    badges = [rect for ident in drawn.scene.figures if (rect := labels.badge_rect_of(ident)) is not None]
    assert badges
    assert not any(rect.intersects(badge.adjusted(1, 1, -1, -1)) for rect in boxes.values() for badge in badges)


def test_picture_of_bubbles(tmp_path: Path):
    picture = QImage(470, 150, QImage.Format.Format_RGB32)
    picture.fill(QColor("#b98a5e"))
    painter, labels = QPainter(picture), LabelPainter()
    looks = [
        BubbleLook("", "working", kind=BubbleKind.THINKING, step=0),
        BubbleLook("", "working", kind=BubbleKind.THINKING, step=2),
        BubbleLook("Refactor the invoice export", "working", kind=BubbleKind.TASK),
        BubbleLook("pytest -q tests/export", "working", kind=BubbleKind.TOOL),
        BubbleLook("to Ron: which ids stay, the old ones or the new ones?", "collaborating", kind=BubbleKind.MESSAGE),
        BubbleLook("Keep the old invoice ids?", "blocked", kind=BubbleKind.BLOCKED),
        BubbleLook("Refactor the invoice export now", "working", True, BubbleKind.TASK),
    ]
    x = y = 6.0
    for look in looks:
        size = bubble_size(look)
        if x + size.width() > 464:
            x, y = 6.0, y + 46
        rect = QRectF(x, y, size.width(), size.height())
        painter.drawPixmap(rect.topLeft(), labels.bubble(look))
        x += size.width() + 10
    painter.end()
    approve(picture, "fields-bubbles", tmp_path)


def test_a_thought_is_just_above_the_name_or_not_at_all():
    seats = [seat(f"d{i}", 60 + 30 * i, 150) for i in range(10)]
    zones = [zone("work", "work", (0, 0, 400, 300), seats)]
    cast = [agent(f"a{i}") for i in range(10)]
    drawn = stage(theme(zones=zones), cast, size=(800, 600), at_ms=3000)
    labels, placed = drawn.scene.labels, 0
    for one in cast:
        bubble, name = labels.bubble_rect_of(one.id), labels.rect_of(one.id)
        if bubble is not None:
            placed += 1
            assert -1 <= name.top() - bubble.bottom() <= 17
    assert placed > 3


def test_words_of_normal_work_have_short_tails():
    head = QPointF(100, 60)
    tag = Tag("me", head, QSizeF(60, 18), QSizeF(18, 18), 1, (90, 65, 110, 85), (88, 65, 112, 110), QSizeF(150, 28))
    taken = [QRectF(0, 0, 400, 40), QRectF(0, 70, 400, 95)]  # room only from 165 px down
    for reach, shown in ((150.0, True), (36.0, False)):
        placed = arrange([replace(tag, reach=reach)], QRectF(0, 0, 400, 300), reserved=taken)["me"]
        assert (placed.bubble is not None) == shown


def test_a_thought_without_room_above_is_left_out():
    head = QPointF(100, 60)
    tag = Tag("me", head, QSizeF(60, 18), QSizeF(18, 18), 1, (90, 65, 110, 85), (88, 65, 112, 110), QSizeF(42, 26),
              is_thought=True)  # fmt: skip
    blocked = [QRectF(0, 0, 200, 40)]  # a control lies above the head; beside and below is room
    assert arrange([tag], QRectF(0, 0, 200, 200), reserved=blocked)["me"].bubble is None
    words = replace(tag, is_thought=False)
    assert arrange([words], QRectF(0, 0, 200, 200), reserved=blocked)["me"].bubble is not None
