"""What a task says, in the language of whoever reads it."""

from __future__ import annotations

import pytest
from django.utils import translation

from openliaison.core import tasks
from openliaison.core.models import Task
from tests.conftest import NOON
from tests.factories import World

pytestmark = pytest.mark.django_db


def test_names_and_days_are_worded_when_they_are_read():
    world = World()
    who = {"zh": "北岗专汽", "en": "Beigang"}
    tasks.tell([world.officer.user], world.enterprise, "%(who)s: %(day)s, %(text)s", url="/", at=NOON,
               who=who, day="2026-12-01", text="2026-12-01 前答复")  # fmt: skip
    task = Task.objects.get()

    with translation.override("zh-hans"):
        assert task.text == "北岗专汽: 12 月 1 日, 2026-12-01 前答复"
    with translation.override("en"):
        assert task.text == "Beigang: 1 Dec, 2026-12-01 前答复"
