"""Rows of problems, the sentence above them, places in the room, words before an upload."""

from __future__ import annotations

import pytest

from office_studio.core.theme.diff import diff_manifests
from office_studio.core.theme.model import Rect
from office_studio.core.validation.fixes.model import Fix
from office_studio.core.validation.report import Finding, Report, Severity
from office_studio.services.theme_diff import PublishedDiff, Unseated
from office_studio.ui.make.places import place_of
from office_studio.ui.make.problem_rows import GroupRow, as_tsv, counts_line, rows_of, verb, verdict, where
from office_studio.ui.upload_words import review_of

ERROR = Finding("R-1", Severity.ERROR, "Version is wrong", file="theme.json", pointer="/version", line=4, column=14)
WARNING = Finding("R-2", Severity.WARNING, "A seat is outside", file="theme.json", pointer="/zones/0/seats/1/x", line=9)
NOTE = Finding("R-3", Severity.INFO, "File is not used", file="old.png")
ALL = (NOTE, WARNING, ERROR)


def test_grouped_by_file_the_manifest_first() -> None:
    rows = rows_of(ALL)
    assert rows == [GroupRow("theme.json", 2), ERROR, WARNING, GroupRow("old.png", 1), NOTE]
    assert rows_of(ALL, by_file=False) == [ERROR, WARNING, NOTE]
    assert rows_of((ERROR, WARNING)) == [ERROR, WARNING], "one file needs no head"


def test_filtered_and_sorted() -> None:
    assert rows_of(ALL, "seat outside") == [WARNING]
    assert rows_of(ALL, severities=frozenset({Severity.INFO})) == [NOTE]
    assert rows_of(ALL, by_file=False, sort="rule", is_descending=True) == [NOTE, WARNING, ERROR]


@pytest.mark.parametrize(
    ("findings", "profile", "expected"),
    [
        (ALL, "schema", "Upload is blocked by 1 error"),
        ((WARNING,), "server", "Ready to upload, with 1 warning"),
        ((), "store", "Ready for the marketplace"),
        (ALL, "store", "The marketplace would refuse it: 1 error"),
    ],
)
def test_the_verdict(findings: tuple[Finding, ...], profile: str, expected: str) -> None:
    assert verdict(Report("x", profile, findings)) == expected


def test_words() -> None:
    assert where(ERROR) == "theme.json:4:14"
    assert where(NOTE) == "old.png"
    assert counts_line(Report("x", "schema", ALL).counts) == "1 error · 1 warning · 1 note"
    assert verb(Fix("did-you-mean", "Write “furniture” instead of “furnitur”")) == "Use “furniture”"
    assert verb(Fix("seat-into-zone", "Move the seat to (1, 2)")) == "Move inside"
    assert as_tsv([ERROR]).splitlines()[1] == "error\tVersion is wrong\ttheme.json:4:14\tR-1"


def test_places_in_the_room() -> None:
    bounds = {"x": 10, "y": 20, "width": 100, "height": 50}
    zone = {"id": "z", "name": "Lounge", "bounds": bounds, "seats": [{}, {"label": "Sofa 2", "x": 60, "y": 44}]}
    piece = {"id": "desk", "x": 100, "y": 100, "width": 40, "height": 20, "anchor": {"x": 0.5, "y": 1}}
    document = {"zones": [zone], "furniture": [piece]}
    seat = place_of(WARNING, document)
    assert seat is not None
    assert seat.words == "Lounge › Sofa 2"
    assert seat.rect == Rect(46, 0, 28, 52)
    desk = place_of(Finding("R", Severity.ERROR, "", pointer="/furniture/0/sprite"), document)
    assert desk is not None
    assert desk.rect == Rect(80, 80, 40, 20)
    assert place_of(ERROR, document) is None


@pytest.mark.parametrize("pointer", ["/zones/9/seats/0", "/zones/x", "/zones/0/seats/99999999999", "/furniture/0", ""])
def test_no_pointer_is_too_strange(pointer: str) -> None:
    for document in ({}, {"zones": None}, {"zones": [3]}, {"furniture": [{"x": float("nan"), "width": True}]}):
        place_of(Finding("R", Severity.ERROR, "", pointer=pointer), document)


def zones(seats: int) -> dict[str, object]:
    bounds = {"x": 0, "y": 0, "width": 9, "height": 9}
    listed = [{"id": f"s{i}", "label": f"Desk {i + 1}", "x": 1, "y": 1} for i in range(seats)]
    return {"id": "loft", "name": "Loft", "version": "1.0.0", "zones": [{"id": "z", "bounds": bounds, "seats": listed}]}


def test_who_loses_what_is_said_before() -> None:
    diff = diff_manifests(zones(3), zones(2))
    lost = Unseated(2, "a", "Ada", "Desk 3", None)
    found = review_of(PublishedDiff("loft", diff, (lost,), 1))
    assert found is not None
    assert found.title == "Somebody would lose a seat"
    assert found.sentences[0].startswith("Removes 1 seat")
    assert "Ada would lose Desk 3." in found.sentences
    assert found.version == "2.0.0"


def test_nothing_to_say() -> None:
    assert review_of(PublishedDiff("loft", None)) is None
    assert review_of(PublishedDiff("loft", diff_manifests(zones(2), zones(2)))) is None
    better = zones(2) | {"version": "1.0.1", "name": "Loft, better"}
    assert review_of(PublishedDiff("loft", diff_manifests(zones(2), better))) is None


def test_a_kept_bundle_goes_back_as_it_was() -> None:
    """Its version stays, so no bump is offered; what it replaces is told, also when only pictures differ."""
    newer = zones(3) | {"version": "2.0.0"}
    found = review_of(PublishedDiff("loft", diff_manifests(newer, zones(2))), is_kept=True)
    assert found is not None
    assert found.version == ""
    assert found.sentences[-1] == "The server has 2.0.0; this puts 1.0.0 in its place."
    repainted = review_of(
        PublishedDiff("loft", diff_manifests(zones(2) | {"version": "1.0.1"}, zones(2))), is_kept=True
    )
    assert repainted is not None
    assert repainted.title == "Before it is sent"
    assert review_of(PublishedDiff("loft", diff_manifests(zones(2), zones(2))), is_kept=True) is None


def test_a_zip_is_advised_but_offered_no_bump() -> None:
    found = review_of(PublishedDiff("loft", diff_manifests(zones(3), zones(2))), can_bump=False)
    assert found is not None
    assert "for 2.0.0." in found.sentences[-1]
    assert found.version == ""
