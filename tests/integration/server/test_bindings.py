"""Bindings beyond the conformance checks: shapes, isolation, races."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

import pytest

GOOD_ID = "0" * 8 + "-0000-4000-8000-" + "0" * 12


def bind(client, slot, agent_id, theme="loft"):
    return client.put("/api/office/bindings", json={"themeId": theme, "slotIndex": slot, "agentId": agent_id})


def rows(client, theme="loft"):
    return [
        (row["slotIndex"], row["agentId"])
        for row in client.get("/api/office/bindings", params={"themeId": theme}).json()
    ]


def test_rows_are_sorted_and_carry_the_agent(office):
    ada, bob, eve = (office.agent(name) for name in ("Ada", "Bob", "Eve"))
    for slot, agent in ((7, ada), (-1, bob), (2**31 - 1, eve)):
        assert bind(office.owner, slot, agent.id).status_code == 200
    answer = office.owner.get("/api/office/bindings", params={"themeId": "loft"}).json()
    assert answer == [
        {"slotIndex": -1, "agentId": bob.id, "agentName": "Bob", "agentAvatarUrl": None},
        {"slotIndex": 7, "agentId": ada.id, "agentName": "Ada", "agentAvatarUrl": None},
        {"slotIndex": 2**31 - 1, "agentId": eve.id, "agentName": "Eve", "agentAvatarUrl": None},
    ]


def test_an_agent_may_sit_in_several_themes_and_the_same_put_twice_is_fine(office):
    ada = office.agent()
    for theme in ("loft", "lab", "loft"):
        assert bind(office.owner, 1, ada.id, theme).status_code == 200
    assert rows(office.owner, "loft") == rows(office.owner, "lab") == [(1, ada.id)]
    assert rows(office.owner, "never heard of") == []


def test_users_do_not_see_each_other(office):
    guest = office.guest()
    ada, theirs = office.agent(), office.agent("Theirs", owner=guest)
    assert bind(office.owner, 0, ada.id).status_code == 200
    assert bind(guest, 0, theirs.id).status_code == 200
    assert rows(office.owner) == [(0, ada.id)]
    assert rows(guest) == [(0, theirs.id)]
    guest.delete("/api/office/bindings/loft/0")
    assert rows(office.owner) == [(0, ada.id)]


@pytest.mark.parametrize(
    "body",
    [
        {"slotIndex": 0, "agentId": GOOD_ID},
        {"themeId": "t", "agentId": GOOD_ID},
        {"themeId": "t", "slotIndex": 0},
        {"themeId": "t", "slotIndex": 2**31, "agentId": GOOD_ID},
        {"themeId": "t", "slotIndex": -(2**31) - 1, "agentId": GOOD_ID},
        {"themeId": "t", "slotIndex": 1.5, "agentId": GOOD_ID},
        {"themeId": "t", "slotIndex": "0", "agentId": GOOD_ID},
        {"themeId": "t", "slotIndex": 0, "agentId": "not-a-uuid"},
        {"themeId": 1, "slotIndex": 0, "agentId": GOOD_ID},
        [],
    ],
)
def test_a_wrong_shape_is_422(office, body):
    assert office.owner.put("/api/office/bindings", json=body).status_code == 422


def test_what_is_not_json_is_400_or_415(office):
    headers = {"Content-Type": "application/json"}
    assert office.owner.put("/api/office/bindings", content=b"{", headers=headers).status_code == 400
    assert office.owner.put("/api/office/bindings", content=b"{}").status_code == 415


def test_uuids_are_read_in_every_spelling(office):
    ada = office.agent()
    for spelling in (ada.id.upper(), ada.id.replace("-", ""), f"{{{ada.id}}}", f"urn:uuid:{ada.id}"):
        answer = bind(office.owner, 0, spelling)
        assert (answer.status_code, answer.json()["agentId"]) == (200, ada.id)


@pytest.mark.parametrize("slot", ["abc", "1.5", "99999999999", "%20"])
def test_a_slot_that_is_no_number_is_400(office, slot):
    assert office.owner.delete(f"/api/office/bindings/loft/{slot}").status_code == 400


def test_theme_ids_are_decoded(office):
    ada = office.agent()
    bind(office.owner, 2, ada.id, "räume & co")
    assert rows(office.owner, "räume & co") == [(2, ada.id)]
    assert office.owner.delete("/api/office/bindings/r%C3%A4ume%20%26%20co/2").status_code == 204
    assert rows(office.owner, "räume & co") == []


class Put(NamedTuple):
    begun: float
    answered: float
    slot: int
    agent: str
    status: int

    def undoes(self, other: Put) -> bool:
        """Whoever comes to this slot, or moves this agent, ends what the other put has brought about."""
        return (self.slot == other.slot) != (self.agent == other.agent)


def test_racing_puts_leave_one_agent_a_slot_and_one_slot_an_agent(office):
    agents = [office.agent(f"Agent {n}") for n in range(6)]
    puts: list[Put] = []

    def move(offset: int) -> None:
        client = office.client(office.address.token)
        for step in range(12):
            slot, agent = (step * 5 + offset) % 4, agents[(step + offset) % len(agents)].id
            begun = time.monotonic()
            status = bind(client, slot, agent).status_code
            puts.append(Put(begun, time.monotonic(), slot, agent, status))

    threads = [threading.Thread(target=move, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {put.status for put in puts} <= {200, 409}
    done = [put for put in puts if put.status == 200]
    assert len(done) > len(puts) / 2
    found = rows(office.owner)
    assert found
    assert len(found) == len({slot for slot, _ in found}) == len({agent for _, agent in found})
    # Which slots are left empty depends on the order, since who moves leaves one. What holds in any order: a row was
    # put there and surely undone by nobody, and a put that surely nobody undid is there.
    for put in done:
        if all(other.answered < put.begun for other in done if other.undoes(put)):
            assert (put.slot, put.agent) in found
    for row in found:
        last = max((put for put in done if (put.slot, put.agent) == row), key=lambda put: put.answered)
        assert not any(other.begun > last.answered for other in done if other.undoes(last))
