"""What cards say: facts of manifests, versions here and there, one card for each theme."""

from __future__ import annotations

from pathlib import Path

import pytest

from office_studio.services.theme_client import ThemeSummary
from office_studio.ui.make.cards import LocalTheme, ServerTheme, compare_versions, facts_of, make_cards, server_theme


def local(theme_id: str = "loft", version: str = "1.1.0", **more: object) -> LocalTheme:
    return LocalTheme(Path("/themes") / theme_id, theme_id, theme_id.title(), version, seats=3, **more)  # type: ignore[arg-type]


def chips(cards: list, key: str) -> list[str]:
    return [chip.words for chip in next(card for card in cards if card.key == key).all_chips]


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("1.0.0", "1.0.0", 0),
        ("1.2.0", "1.10.0", -1),
        ("2.0.0", "1.9.9", 1),
        ("1.0.0-rc.1", "1.0.0", -1),
        ("", "1.0.0", -1),
    ],
)
def test_versions_by_their_numbers(one: str, other: str, order: int) -> None:
    assert compare_versions(one, other) == order
    assert compare_versions(other, one) == -order


@pytest.mark.parametrize(
    ("server", "expected"),
    [("1.1.0", "On server"), ("1.0.9", "Server is older"), ("1.2.0", "Server is newer")],
)
def test_the_server_against_this_computer(server: str, expected: str) -> None:
    cards = make_cards([local()], {"loft": ServerTheme("loft", "Loft", server)})
    assert len(cards) == 1
    assert chips(cards, local().key) == [expected]


def test_nothing_is_said_of_a_server_that_nobody_asked() -> None:
    assert chips(make_cards([local()], None), local().key) == []
    assert chips(make_cards([local()], {}), local().key) == ["Only here"]


def test_the_two_that_matter_most_are_shown() -> None:
    theme = local(errors=2)
    card = make_cards([theme], {}, used_key=theme.key)[0]
    assert [chip.words for chip in card.chips] == ["In use", "2 errors"]
    assert [chip.words for chip in card.all_chips] == ["In use", "2 errors", "Only here"]
    assert card.line == "2D · 3 seats · v1.1.0"
    assert "Only here" in card.tip


@pytest.mark.parametrize(
    "document",
    [{}, {"zones": 3}, {"zones": [None, {"seats": "x"}]}, {"maxAgents": True}, {"name": 4, "id": None, "room": []}],
)
def test_facts_of_any_manifest(document: dict[str, object]) -> None:
    facts = facts_of(document)
    assert facts["renderer"] == "2D"
    assert facts["seats"] in (None, 0)


def test_a_3d_theme_counts_its_agents() -> None:
    assert facts_of({"renderer": "threejs", "maxAgents": 4}) | {"x": 0} == {
        "theme_id": "", "name": "", "version": "", "renderer": "3D", "seats": 4, "x": 0,
    }  # fmt: skip


def test_the_manifest_decides_over_the_list() -> None:
    row = ThemeSummary("room", "Room", "1.0.0", renderer="pixi", preview_url="/api/themes/assets/room/img/p.png")
    found = server_theme(row, {"room": {"model": "a.glb"}, "maxAgents": 2})
    assert (found.renderer, found.seats, found.preview) == ("3D", 2, "img/p.png")
