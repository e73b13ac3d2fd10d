"""The words of a proposal, what was not done, and deeds of which the end is not known."""

from __future__ import annotations

from office_studio.core.office.auto_assign import Rule, RuleField
from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import changes_to, whole_seating
from office_studio.errors import ApiError
from office_studio.services.binding_writer import Failure, WriteReport
from office_studio.settings import SettingsStore
from office_studio.ui.assign.deeds import HistoryEntry, deed_of
from office_studio.ui.assign.doubts import Doubts
from office_studio.ui.assign.memory import SeatMemory, recall, remember
from office_studio.ui.assign.proposal import Proposal, effect_of, lines_of, report_lines, summary

ROWS = [Binding(0, "ron"), Binding(1, "kai"), Binding(2, "pia"), Binding(3, "zoe")]


def name(agent_id: str) -> str:
    return agent_id.capitalize()


def label(slot: int) -> str:
    return f"Desk {slot + 1}"


def test_an_effect_tells_of_agents_not_of_calls() -> None:
    changes = changes_to(ROWS, whole_seating(ROWS, {0: "kai", 1: "ron", 3: "zoe", 5: "lumi"}))
    effect = effect_of(ROWS, changes)
    assert effect.moved == (("kai", 1, 0), ("ron", 0, 1))
    assert effect.seated == (("lumi", 5),)
    assert effect.losing == (("pia", 2),)
    assert (effect.staying, effect.count) == (1, 4)
    assert summary(effect, 1) == "2 move, 1 gets a seat, 1 loses its seat, 1 does not fit, 1 stays."
    lines = lines_of(
        effect, Proposal(changes, (("Otto", "all 2 work seats are taken"),), {"lumi": "free"}), name, label
    )
    assert [(line.words, line.note) for line in lines] == [
        ("Lose their seat 1", ""), ("Pia", "leaves Desk 3"),
        ("Do not fit 1", ""), ("Otto", "all 2 work seats are taken"),
        ("Move 2", ""), ("Kai", "Desk 2 → Desk 1"), ("Ron", "Desk 1 → Desk 2"),
        ("Get a seat 1", ""), ("Lumi", "Desk 6 · free"),
    ]  # fmt: skip


def test_a_ring_is_told_without_its_step_aside() -> None:
    target = {0: "pia", 1: "ron", 2: "kai", 3: "zoe"}
    effect = effect_of(ROWS, changes_to(ROWS, target))
    assert [who for who, _, _ in effect.moved] == ["pia", "ron", "kai"]


def test_nothing_to_do_is_said_in_words() -> None:
    assert summary(effect_of(ROWS, ()), 0) == "Everybody sits there already."
    assert summary(effect_of(ROWS, ()), 2) == "Everybody sits there already. 2 do not fit."
    assert summary(effect_of([], ()), 0) == "Nothing to change."


def test_a_report_names_first_who_lost_a_seat() -> None:
    change = changes_to(ROWS, {7: "kai"})[0]
    lines = report_lines([(change, "The office said no.")], [change], {"ron": 0}, lambda _c: "Move Kai", name, label)
    assert [line.words for line in lines] == [
        "Without a seat now",
        "Ron",
        "Not done 1",
        "Move Kai",
        "Not tried 1",
        "Move Kai",
    ]


def entry_of_swap() -> HistoryEntry:
    rows = [Binding(0, "ron"), Binding(4, "lumi")]
    deed = deed_of(rows, changes_to(rows, {0: "lumi", 4: "ron"}), "Swap Lumi and Ron")
    return HistoryEntry(1, deed.title, 0, deed)


def test_a_doubt_is_told_once_and_only_when_somebody_lost_a_seat() -> None:
    entry, doubts = entry_of_swap(), Doubts()
    change = changes_to([Binding(0, "ron")], {1: "ron"})[0]
    lost_line = ApiError("OFFICE_TIMEOUT", "It took too long.")
    doubts.note(entry, "loft", WriteReport(failed=[Failure(change, lost_line)], rows=()))
    assert doubts.look({0: "ron", 4: "lumi"}, "loft") == []
    assert doubts.look({0: "lumi"}, "other theme") == []
    assert doubts.look({0: "lumi"}, "loft") == [entry]
    assert entry.gone == {"ron": 0}
    assert doubts.look({0: "lumi"}, "loft") == []


def test_no_doubt_where_the_office_has_answered_or_the_user_went_on() -> None:
    entry, doubts = entry_of_swap(), Doubts()
    change = changes_to([Binding(0, "ron")], {1: "ron"})[0]
    doubts.note(entry, "loft", WriteReport(failed=[Failure(change, ApiError("OFFICE_FAULT", "No."))], rows=()))
    assert doubts.look({}, "loft") == []
    doubts.note(entry, "loft", WriteReport(rows=None))
    doubts.forget(entry.deed)
    assert doubts.look({}, "loft") == []
    doubts.note(entry, "loft", WriteReport(rows=None))
    for _ in range(15):
        assert doubts.look({0: "ron", 4: "lumi"}, "loft") == []
    assert doubts.look({}, "loft") == []  # it is too long ago to be this deed's doing


class Box:
    """Settings without a thread that writes them."""

    def __init__(self, store: SettingsStore) -> None:
        self.store, self.now = store, store.load()

    def change(self, make) -> None:  # type: ignore[no-untyped-def]
        self.now = make(self.now)


def test_pins_rules_and_plan_survive_the_settings_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    box = Box(SettingsStore(tmp_path / "settings.json"))
    kept = SeatMemory(frozenset({"kai"}), (Rule(RuleField.NAME, "Build*=x", "lab"),), "Monday 🌅")
    remember(box, "http://office", "loft", kept)  # type: ignore[arg-type]
    box.store.save(box.now)
    again = Box(SettingsStore(tmp_path / "settings.json"))
    assert recall(again, "http://office", "loft") == kept  # type: ignore[arg-type]
    assert recall(again, "http://office", "attic") == SeatMemory()  # type: ignore[arg-type]
    remember(again, "http://office", "loft", SeatMemory())  # type: ignore[arg-type]
    assert again.now.seating == {}


def test_damaged_memory_counts_as_none(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "settings.json"
    path.write_text('{"seating": {"o t": {"pins": [1, "a"], "rules": ["nonsense", 3], "plan": 7}, "o u": []}}')
    box = Box(SettingsStore(path))
    assert recall(box, "o", "t") == SeatMemory(frozenset({"a"}))  # type: ignore[arg-type]
    assert recall(box, "o", "u") == SeatMemory()  # type: ignore[arg-type]
