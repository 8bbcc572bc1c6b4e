"""The API describes itself, to machines and to people, without a script."""

import re

import pytest
from django.test import Client

from config import api
from openliaison.cases import rules
from openliaison.cases.verbs import DOORS


def test_every_verb_of_a_case_has_an_operation():
    paths = api.schema()["paths"]
    for verb in DOORS:
        assert f"/api/v1/cases/{{case_id}}/{verb}" in paths, f"{verb} has no operation"
    assert set(DOORS) <= set(rules.VERBS)


def test_every_body_and_answer_is_described():
    described = api.schema()
    names = set(described["components"]["schemas"])
    for reference in set(re.findall(r"#/components/schemas/([\w\[\]-]+)", str(described))):
        assert reference in names


def test_two_bodies_never_share_a_name():
    """Of two shapes under one name the description would show one for both."""
    described = api.schema()
    for router in api.ROUTERS.values():
        for view in router.path_operations.values():
            for operation in view.operations:
                for model in operation.models:
                    for one in model.model_fields.values():
                        shape = one.annotation
                        if hasattr(shape, "model_fields") and shape.__name__ in described["components"]["schemas"]:
                            listed = described["components"]["schemas"][shape.__name__].get("properties", {})
                            assert set(listed) == set(shape.model_fields), shape.__name__


def test_every_operation_has_words_and_names_its_refusals():
    for path, methods in api.schema()["paths"].items():
        for method, one in methods.items():
            assert one["summary"], path
            assert {"401", "403"} <= {str(code) for code in one["responses"]}, f"{method} {path}"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_shows_every_operation_without_script_or_foreign_host(language):
    page = Client(headers={"Accept-Language": language}).get("/api/docs")
    text = page.content.decode()

    assert page.status_code == 200
    assert all(f"<code>{path}</code>" in text for path in api.schema()["paths"])
    assert not re.search(r"<script(?![^>]*\bsrc=\"/static/)", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_machines_read_the_description(client):
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert described["components"]["securitySchemes"]
