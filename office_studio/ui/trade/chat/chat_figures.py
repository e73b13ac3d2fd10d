"""While the assistant answers, the agents whose apps it may use are seen at work in the office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from office_studio.core.officex.wire import InstallView
from office_studio.ui.trade.chat.chat_talk import ChatTalk
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.spending.spend_scene import SpendScene
from office_studio.ui.trade.spending.spend_threads import Talk

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_WRITING = "Writing the answer"


def acting_of(
    state: str, words: str, app_id: str, apps: Iterable[str], installs: Iterable[InstallView], bound: Mapping[str, str]
) -> dict[str, str]:
    """Who is at work, on what ("" is thinking): the agents that the user bound to the apps of the conversation.

    Args:
        state: "thinking", "calling_app", "writing", or "" when nothing is asked.
        app_id: Which app is called; only its agent is told so, the others think on.
    """
    if not state:
        return {}
    chosen, found = set(apps), {}
    for install in installs:
        agent_id = bound.get(install.install_id, "")
        if not agent_id or install.app_id not in chosen | {app_id}:
            continue
        is_called = state == "calling_app" and app_id in ("", install.app_id)
        said = words if is_called else _WRITING if state == "writing" else ""
        found[agent_id] = found.get(agent_id) or said
    return found


class ChatFigures(QObject):
    """Lets the stage show what ``talk`` is about."""

    def __init__(self, studio: Studio, market: MarketSession, talk: ChatTalk) -> None:
        super().__init__(talk)
        self._studio, self._market, self._talk = studio, market, talk
        talk.status_changed.connect(lambda _state, _words: self.refresh())

    @property
    def agents(self) -> list[str]:
        """Whom the user bound to the apps of the conversation."""
        return list(self._acting("thinking", "", ""))

    def _acting(self, state: str, words: str, app_id: str) -> dict[str, str]:
        data, place = self._market.data, self._market.environment
        if data is None or place is None:
            return {}
        bound = self._market.memory.agents(place.name)
        if app_id and state == "calling_app":
            words = f"Asking {data.app_name(app_id)}"
        return acting_of(state, words, app_id, self._talk.apps, data.installs, bound)

    def refresh(self) -> None:
        talk = self._talk
        acting = self._acting(talk.state, talk.status, talk.app_id)
        self._studio.stage.set_acting(acting)
        scene = self._market.findChild(SpendScene)
        if scene is not None:
            scene.set_talk(Talk(talk.tracer_id, tuple(acting)) if talk.state else Talk())
