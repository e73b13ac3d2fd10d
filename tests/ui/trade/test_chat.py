"""Chat with the sandbox's assistant: words as they come, stopping, conversations of before."""

from __future__ import annotations

from PySide6.QtCore import Qt

from office_studio.core.officex.links import is_tracer
from office_studio.ui.trade.chat.chat_page import ChatPage
from tests.ui.trade.conftest import Bazaar


def _page(bazaar: Bazaar) -> ChatPage:
    found = bazaar.page("chat")
    assert isinstance(found, ChatPage)
    return found


def test_an_answer_streams_with_its_status_and_can_be_read_again(bazaar: Bazaar) -> None:
    bazaar.install("lead-finder")
    bazaar.again()
    page, qtbot = _page(bazaar), bazaar.qtbot
    data = bazaar.market.data
    assert data is not None
    page.apps.choose(data.installs[0].app_id, True)
    assert page.apps.words == "Lead Finder"
    seen: list[tuple[str, int]] = []
    page.talk.changed.connect(
        lambda: seen.append((page.talk.state, len(page.talk.said[-1].text) if page.talk.said else 0))
    )
    states: list[str] = []
    page.talk.status_changed.connect(lambda state, _words: states.append(state))
    assert is_tracer(page.talk.tracer_id)
    tracer = page.talk.tracer_id
    qtbot.keyClicks(page.input, "Find <b>forty</b> bakeries")
    qtbot.keyClick(page.input, Qt.Key.Key_Return)
    assert page.send.text() == "Stop"
    bazaar.wait(lambda: not page.talk.is_talking)
    assert [state for at, state in enumerate(states) if not at or states[at - 1] != state] == [
        "thinking", "calling_app", "writing", "",
    ]  # fmt: skip
    assert len({length for _, length in seen}) > 3  # it came in pieces
    assert page.words.lines[0][0] == "Find <b>forty</b> bakeries"
    answer, note = page.words.lines[1]
    assert "Lead Finder" in answer
    assert answer.endswith("words.")
    assert note == ""
    assert page.talk.tracer_id == tracer
    bazaar.wait(lambda: page.threads.count() == 1)

    page.begin_anew()
    assert page.talk.said == []
    page._open(page.threads.item(0))
    bazaar.wait(lambda: len(page.talk.said) == 2)
    assert page.words.lines[1] == (answer, "")
    assert page.talk.tracer_id == tracer


def test_stop_closes_the_stream_and_keeps_what_came(bazaar: Bazaar) -> None:
    page, qtbot = _page(bazaar), bazaar.qtbot
    page.input.setPlainText("word " * 60)
    qtbot.mouseClick(page.send, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: page.talk.said and len(page.talk.said[-1].text) > 20)
    qtbot.keyClick(page.input, Qt.Key.Key_Escape)
    assert not page.talk.is_talking
    came = page.talk.said[-1]
    assert came.note == "You stopped it here."
    qtbot.wait(200)
    assert page.talk.said[-1] == came
    bazaar.wait(lambda: page.threads.count() == 1)
    page.talk.open_thread(page.talk.thread_id)
    bazaar.wait(lambda: page.talk.said[-1].note == "It was interrupted here.")
