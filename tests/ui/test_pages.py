"""Pages of a stack, banners of every tone, and panels that keep their room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.ui.main_window import MINIMUM_SIZE
from office_studio.ui.panels import Area
from office_studio.ui.theming import theme
from office_studio.ui.widgets.floating import Banner
from office_studio.ui.widgets.pages import Pages

TONES = ("working", "idle", "blocked", "collaborating", "accent", "success", "warning", "error", "info")


def test_only_the_page_on_top_needs_room(qtbot: QtBot) -> None:
    stack, wide, small = Pages(), QWidget(), QWidget()
    qtbot.addWidget(stack)
    wide.setMinimumSize(900, 700)
    small.setMinimumSize(200, 100)
    stack.addWidget(wide)
    stack.addWidget(small)
    assert (stack.minimumSizeHint().width(), stack.minimumSizeHint().height()) == (900, 700)
    stack.setCurrentWidget(small)
    assert (stack.minimumSizeHint().width(), stack.minimumSizeHint().height()) == (200, 100)


def test_a_wide_page_leaves_the_panels_of_other_workspaces_alone(qtbot: QtBot, application: Application) -> None:
    window = application.studio.window
    window.resize(1280, 720)
    window.show_workspace("watch")
    before = {area: window.areas[area].size for area in Area}
    window.show_workspace("market")
    page = window.center.currentWidget()
    page.setMinimumSize(1100, 640)
    page.updateGeometry()
    window.show_workspace("watch")
    page.setMinimumSize(0, 0)
    qtbot.waitUntil(lambda: {area: window.areas[area].size for area in Area} == before)


def test_market_shows_its_left_panel_in_the_smallest_window(qtbot: QtBot, application: Application) -> None:
    window = application.studio.window
    window.resize(*MINIMUM_SIZE)
    window.show_workspace("market")
    assert not window.panel("market").isVisible()
    window.header.left_switch.click()
    assert window.panel("market").isVisible()
    window.header.left_switch.click()
    assert not window.panel("market").isVisible()
    window.resize(1280, 720)
    assert window.panel("market").isVisible(), "a short look in a narrow window hid it for good"


def test_squeezed_panels_get_their_room_back(qtbot: QtBot, application: Application) -> None:
    window = application.studio.window
    window.resize(1280, 720)
    window.show_workspace("market")
    before = window.areas[Area.LEFT].size
    page = window.center.currentWidget()
    page.setMinimumWidth(800)
    window.resize(920, 600)
    qtbot.waitUntil(lambda: window.areas[Area.LEFT].size < before)
    window.remember()
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.areas[Area.LEFT].size == before)


def test_the_next_page_gives_back_what_a_wide_one_took(qtbot: QtBot, application: Application) -> None:
    studio = application.studio
    window = studio.window
    window.resize(1280, 720)
    window.show_workspace("market")
    qtbot.waitUntil(lambda: studio.market.data is not None, timeout=60_000)
    before = window.areas[Area.LEFT].size
    studio.market.page_requested.emit("catalog")
    catalog = studio.market_page.page
    assert catalog is not None
    catalog.setMinimumWidth(1280 - 56 - 225)
    studio.market.page_requested.emit("inbox")
    assert studio.market_page.page is not catalog
    studio.market.page_requested.emit("catalog")
    qtbot.waitUntil(lambda: window.areas[Area.LEFT].size < before)
    studio.market.page_requested.emit("inbox")
    qtbot.waitUntil(lambda: window.areas[Area.LEFT].size == before)


def test_a_big_window_has_wider_panels_only_while_it_is_big(qtbot: QtBot, application: Application) -> None:
    window = application.studio.window
    window.resize(1280, 720)
    window.show_workspace("market")
    usual = window.areas[Area.LEFT].size
    window.resize(1920, 1000)
    qtbot.waitUntil(lambda: window.areas[Area.LEFT].size > usual)
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.areas[Area.LEFT].size == usual)


def test_what_the_hand_made_narrower_stays_narrower(qtbot: QtBot, application: Application) -> None:
    window = application.studio.window
    window.resize(1280, 720)
    window.show_workspace("watch")
    left = window.areas[Area.LEFT]
    before = left.size
    border = QPoint(left._dock.geometry().right() + 1, 300)
    goal = border - QPoint(24, 0)
    qtbot.mousePress(window, Qt.MouseButton.LeftButton, pos=border)
    for at in (border - QPoint(6, 0), goal, goal):
        window.event(_moved(window, at))
    qtbot.waitUntil(lambda: left.size == before - 24)
    qtbot.mouseRelease(window, Qt.MouseButton.LeftButton, pos=goal)
    window.resize(1290, 720)
    window.give_back_room()
    assert left.size == before - 24


def _moved(window: QWidget, at: QPoint) -> QMouseEvent:
    """A move with the button held, which ``qtbot.mouseMove`` cannot do."""
    where, held = QPointF(at), Qt.MouseButton.LeftButton
    whole = QPointF(window.mapToGlobal(at))
    return QMouseEvent(QEvent.Type.MouseMove, where, whole, held, held, Qt.KeyboardModifier.NoModifier)


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_banners_have_every_tone(qtbot: QtBot, mode: str) -> None:
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme().prefer(app, mode)
    banner = Banner()
    qtbot.addWidget(banner)
    banner.resize(600, 42)
    for tone in TONES:
        banner.say(tone, "info", "Title", "detail")
        shot = banner.grab().toImage()
        at = round(shot.devicePixelRatio())
        assert shot.pixelColor(at, 10 * at) == theme().color(f"{tone}_mark")
        assert shot.pixelColor(shot.width() - 3 * at, 10 * at) == theme().color(f"{tone}_tint")


def test_about_names_version_and_licences(qtbot: QtBot, application: Application) -> None:
    import office_studio
    from office_studio.ui.about_dialog import AboutDialog

    studio = application.studio
    studio.actions.run("help.about")
    dialog = studio.window.findChild(AboutDialog)
    words = " ".join(one.text() for one in dialog.findChildren(QLabel))
    assert office_studio.__version__ in words
    assert "MIT" in words
    assert dialog.height() < 300
    dialog.accept()
