"""Agents as a viewer sees them while somebody else works in their name, such as an assistant that uses their app."""

from __future__ import annotations

from dataclasses import replace

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus


def at_work_on(agent: LiveAgent, words: str) -> LiveAgent:
    """The agent at work: on ``words``, or thinking without any. One that waits for a decision goes on waiting."""
    if agent.status is AgentStatus.BLOCKED:
        return agent
    inner = replace(
        agent.agent, status=AgentStatus.WORKING, current_task=None, current_tool_detail=words or None, online=True
    )
    return replace(agent, agent=inner, status=AgentStatus.WORKING)
