"""``/openapi.json`` is valid, lists every route and no other, and its schemas fit what the server really answers."""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from starlette.routing import Route

from office_studio.server.office.app import create_app
from office_studio.server.openapi import public_path


@pytest.fixture
def document(office):
    answer = office.anyone.get("/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def test_the_document_is_valid(document):
    validate(document)


def test_every_route_is_described_and_vice_versa(office, document):
    app = create_app(office.server._context)
    routes = {
        (public_path(route.path), method)
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods - {"HEAD"}
    }
    described = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    assert routes == described
    assert len(routes) > 20


def test_operations_have_names_of_their_own(document):
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))


def test_path_parameters_are_all_described(document):
    for path, item in document["paths"].items():
        for operation in item.values():
            named = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path)), path


def test_real_answers_fit_their_schemas(office, document, upload, manifest, zipped):
    def check(method, path, answer):
        response = document["paths"][path][method.lower()]["responses"][str(answer.status_code)]
        content = response.get("content", {})
        if "application/json" in content:
            # References count from the root, so the components have to be there.
            schema = content["application/json"]["schema"] | {"components": document["components"]}
            Draft202012Validator(schema).validate(answer.json())
        else:
            assert "application/json" not in answer.headers.get("content-type", "") or not answer.content

    def call(method, path, url=None, client=None, **rest):
        answer = (client or office.owner).request(method, url or path, **rest)
        check(method, path, answer)
        return answer

    call("GET", "/api/office/status")  # 503
    ada = office.agent()
    ada.post("session_start", 1)
    ada.post("llm_output", 2, model="m", usage={"input": 1, "output": 2})
    ada.post("agent_error", 3, error="boom")
    check("POST", "/api/themes/upload", upload(office.owner, manifest(), zipped({"preview.png": b"x"})))
    check("POST", "/api/themes/upload", upload(office.owner, {}))
    created = call("POST", "/api/agents", json={"name": "Bob"}).json()
    for path in ("/health", "/api/office/health", "/api/office/status", "/api/agents", "/api/agents/health",
                 "/api/office/activity", "/api/themes", "/api/themes/config", "/api/auth/get-session"):  # fmt: skip
        assert call("GET", path).status_code == 200
        call("GET", path, client=office.anyone)
    body = {"themeId": "t", "slotIndex": 0, "agentId": ada.id}
    assert call("PUT", "/api/office/bindings", json=body).status_code == 200
    assert call("PUT", "/api/office/bindings", json={}).status_code == 422
    assert call("GET", "/api/office/bindings", "/api/office/bindings?themeId=t").status_code == 200
    for path in ("/api/agents/{agent_id}", "/api/agents/{agent_id}/token", "/api/agents/{agent_id}/health"):
        assert call("GET", path, path.format(agent_id=ada.id)).status_code == 200
        assert call("GET", path, path.format(agent_id="nobody")).status_code == 404
    for path in ("/api/themes/{theme_id}", "/api/themes/{theme_id}/manifest"):
        assert call("GET", path, path.format(theme_id="test-theme")).status_code == 200
        assert call("GET", path, path.format(theme_id="none")).status_code == 404
    asset = "/api/themes/assets/{theme_id}/{name}"
    assert call("GET", asset, asset.format(theme_id="test-theme", name="preview.png")).status_code == 200
    assert call("DELETE", "/api/themes/{theme_id}", "/api/themes/test-theme").status_code == 200
    assert call("DELETE", "/api/agents/{agent_id}", f"/api/agents/{created['id']}").status_code == 204
    assert call("DELETE", "/api/office/bindings/{theme_id}/{slot_index}", "/api/office/bindings/t/0").status_code == 204
    sign = {"email": "a@example.org", "password": "long enough", "name": "A"}
    assert call("POST", "/api/auth/sign-up/email", client=office.anyone, json=sign).status_code == 200
    assert call("POST", "/api/auth/sign-in/email", client=office.anyone, json=sign).status_code == 200
    assert (
        call("POST", "/api/auth/sign-in/email", client=office.anyone, json=sign | {"password": ""}).status_code == 401
    )
    assert call("POST", "/api/auth/sign-out", client=office.anyone).status_code == 200
