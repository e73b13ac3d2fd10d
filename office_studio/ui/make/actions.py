"""Actions on themes: menu Theme, the menu of a card, the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from office_studio.ui.action import Action

if TYPE_CHECKING:
    from office_studio.ui.make.cards import Card
    from office_studio.ui.studio import Studio


def chosen_card(studio: Studio) -> Card | None:
    """Of the open tab, or chosen in the library."""
    return studio.make_page.card if studio.window.workspace == "make" and studio.make_page is not None else None


def _no_card(studio: Studio) -> str:
    return "" if chosen_card(studio) is not None else "Choose a theme in Make first"


def _no_local_card(studio: Studio) -> str:
    card = chosen_card(studio)
    if card is None:
        return "Choose a theme in Make first"
    return "" if card.path is not None else "This theme is only on the server"


def _no_office_card(studio: Studio) -> str:
    if studio.session.office is None:
        return "Choose an office first"
    return _no_card(studio)


def _no_zip(studio: Studio) -> str:
    reason = _no_local_card(studio)
    if reason:
        return reason
    card = chosen_card(studio)
    return "" if card is not None and str(card.path).lower().endswith(".zip") else "This theme is a folder already"


def _no_upload(studio: Studio) -> str:
    return "" if studio.last_upload is not None else "Nothing was uploaded since the start"


def _no_page(studio: Studio) -> str:
    has_page = studio.window.workspace == "make" and studio.make_page is not None and studio.make_page.page is not None
    return "" if has_page else "Open a theme in Make first"


def _no_tab(studio: Studio) -> str:
    has_tab = studio.window.workspace == "make" and studio.make_page is not None and studio.make_page.has_tab
    return "" if has_tab else "Open a theme or a model in Make first"


def _no_fix(studio: Studio) -> str:
    reason = _no_page(studio)
    if reason:
        return reason
    page = studio.make_page.page  # type: ignore[union-attr]
    finding, result = page.view.finding(), page.document.result  # type: ignore[union-attr]
    if finding is None or result is None or finding not in result.fixes:
        return "No quick fix for this problem"
    return ""


def _nothing_safe(studio: Studio) -> str:
    reason = _no_page(studio)
    if reason:
        return reason
    result = studio.make_page.page.document.result  # type: ignore[union-attr]
    return "" if result is not None and result.safe_count else "Nothing can be mended without asking"


def _not_deletable(studio: Studio) -> str:
    card = chosen_card(studio)
    if card is None:
        return "Choose a theme in Make first"
    return "It comes with Office Studio" if card.is_bundled and not card.is_on_server else ""


def _page(studio: Studio):  # type: ignore[no-untyped-def]
    return studio.make_page.page  # type: ignore[union-attr]


def _make(studio: Studio):  # type: ignore[no-untyped-def]
    return studio.make_page


MAKE_ACTIONS: tuple[Action, ...] = (
    Action("make.new", "New theme…", "Theme", lambda s: s.new_theme(), "Ctrl+N", "plus"),
    Action(
        "make.check", "Check theme", "Theme", lambda s: s.check_theme(), "Ctrl+Shift+C", "shield-check", _no_local_card
    ),
    Action("make.next", "Next problem", "Theme", lambda s: _page(s).step(1), "F8", "caret-down", _no_page),
    Action("make.previous", "Previous problem", "Theme", lambda s: _page(s).step(-1), "Shift+F8", "caret-up", _no_page),
    Action("make.fix", "Fix this problem", "Theme", lambda s: _page(s).fix_chosen(), "Ctrl+.", "wrench", _no_fix),
    Action(
        "make.fix_all",
        "Fix all safe ones",
        "Theme",
        lambda s: _page(s).document.fix_all_safe(),
        glyph="wrench",
        why_disabled=_nothing_safe,
        tip="Mends what loses nothing and cannot mean something else; one undo step",
    ),
    Action(
        "make.open",
        "Open in Make",
        "Theme",
        lambda s: _make(s).open_card(chosen_card(s)),
        glyph="folder-open",
        why_disabled=_no_local_card,
        starts_group=True,
    ),
    Action(
        "make.preview",
        "Show on the stage",
        "Theme",
        lambda s: _make(s).preview_card(chosen_card(s)),
        glyph="eye",
        why_disabled=_no_card,
    ),
    Action("make.pack", "Pack…", "Theme", lambda s: s.pack_theme(), glyph="package", why_disabled=_no_local_card),
    Action(
        "make.unpack",
        "Unpack to a folder…",
        "Theme",
        lambda s: s.unpack_theme(),
        glyph="package",
        why_disabled=_no_zip,
        tip="Only folders can be mended; the zip stays as it is",
    ),
    Action(
        "make.history",
        "Earlier uploads…",
        "Theme",
        lambda s: s.show_history(),
        glyph="clock-counter-clockwise",
        why_disabled=_no_office_card,
        tip="The last five bundles that went from here: reveal, publish again",
    ),
    Action(
        "make.last_upload",
        "Details of the last upload",
        "Theme",
        lambda s: s.show_last_upload(),
        glyph="info",
        why_disabled=_no_upload,
    ),
    Action(
        "make.reveal",
        "Reveal in folder",
        "Theme",
        lambda s: _make(s).reveal_card(chosen_card(s)),
        glyph="folder",
        why_disabled=_no_local_card,
    ),
    Action(
        "make.copy_path", "Copy path", "Theme", lambda s: s.copy_theme_path(), glyph="copy", why_disabled=_no_local_card
    ),
    Action(
        "make.delete",
        "Delete…",
        "Theme",
        lambda s: _make(s).delete_card(chosen_card(s)),
        glyph="trash",
        why_disabled=_not_deletable,
        tip="From the server, after asking; what is only here is taken off the list",
    ),
    Action(
        "make.close", "Close tab", "Theme", lambda s: _make(s).close_tab(), "Ctrl+W", "x", _no_tab, starts_group=True
    ),
)
