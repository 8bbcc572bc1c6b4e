"""The import as the coordinator sees it: upload, columns, check, decide, take in, undo."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from openliaison.core.now import frozen
from openliaison.register import jobs
from openliaison.register.models import Enterprise, ImportBatch, ImportRow
from tests import factories
from tests.conftest import NOON

from .import_files import HEADS, number, row

State = ImportBatch.State
LIST, NEW = reverse("register:import_list"), reverse("register:import_new")


def upload(rows, name: str = "名单.csv") -> SimpleUploadedFile:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return SimpleUploadedFile(name, out.getvalue().encode("gb18030"))


@pytest.fixture
def desk(world, at_site):
    return at_site(world.coordinator)


def send(desk, rows, **fields):
    given = {"file": upload(rows), "source": "税务", "as_of": "2026-11-20", "client_key": uuid4()} | fields
    return desk.post(NEW, **given)


def mapping_of(desk, batch) -> dict[str, str]:
    """What the mapping page proposes, as its form would send it."""
    context = desk.get(reverse("register:import_map", args=[batch.pk])).context
    sent = {"sheet": context["table"].sheet, "head": context["head"]}
    for choice in context["columns"]:
        sent[f"col-{choice.column.at}"] = choice.target
        sent[f"unit-{choice.column.at}"] = str(choice.unit or "")
    return sent


def checked(desk, rows) -> ImportBatch:
    send(desk, rows)
    batch = ImportBatch.objects.latest("pk")
    desk.post(reverse("register:import_map", args=[batch.pk]), **mapping_of(desk, batch))
    jobs.check_import(batch.pk)
    batch.refresh_from_db()
    return batch


def page_of(desk, batch):
    return desk.get(reverse("register:import_batch", args=[batch.pk]))


def test_from_upload_to_undo(desk):
    batch = checked(desk, [["名单"], HEADS, row(1), row(2, number="9.12E+17")])
    assert (batch.state, batch.created, batch.refused) == (State.CHECKED, 1, 1)
    assert "that a spreadsheet has destroyed" in page_of(desk, batch).text
    assert Enterprise.objects.filter(batch=batch).count() == 0

    desk.post(reverse("register:import_start", args=[batch.pk]), what="run")
    jobs.run_import(batch.pk)
    made = Enterprise.objects.get(batch=batch)
    assert (made.number, made.facts.first().as_of.isoformat()) == (number(1), "2026-11-20")
    assert "Undo" in page_of(desk, batch).text

    desk.post(reverse("register:import_undo", args=[batch.pk]))
    jobs.undo_import(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.UNDONE
    assert not Enterprise.objects.filter(number=number(1)).exists()


def test_work_is_handed_to_the_worker_in_the_same_transaction(desk):
    send(desk, [HEADS, row(1)])
    batch = ImportBatch.objects.get()

    desk.post(reverse("register:import_map", args=[batch.pk]), **mapping_of(desk, batch))

    job = ProcrastinateJob.objects.get(task_name="register.import_check")
    assert (job.args, job.status) == ({"batch_id": batch.pk}, "todo")


def test_the_progress_is_shown_and_ends_by_loading_the_page_anew(desk):
    send(desk, [HEADS, row(1)])
    batch = ImportBatch.objects.get()
    desk.post(reverse("register:import_map", args=[batch.pk]), **mapping_of(desk, batch))
    ImportBatch.objects.update(rows_done=40, rows_total=100)

    part = desk.get(reverse("register:import_progress", args=[batch.pk]))
    assert "40 of 100 rows" in part.text and 'hx-trigger="every 2s"' in part.text
    jobs.check_import(batch.pk)
    assert desk.get(reverse("register:import_progress", args=[batch.pk])).headers["HX-Refresh"] == "true"


def test_work_that_broke_off_is_said_and_can_be_started_again(desk):
    send(desk, [HEADS, row(1)])
    batch = ImportBatch.objects.get()
    desk.post(reverse("register:import_map", args=[batch.pk]), **mapping_of(desk, batch))
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")

    with frozen(NOON + timedelta(minutes=5)):
        assert "The work broke off" in page_of(desk, batch).text
        desk.post(reverse("register:import_start", args=[batch.pk]), what="check")
        jobs.check_import(batch.pk)

    batch.refresh_from_db()
    assert batch.state == State.CHECKED


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.4", "this is a PDF file"),
        (b"<html></html>", "web page under the name of a table"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_cure_and_nothing_is_kept(desk, content, sentence):
    answer = send(desk, [], file=SimpleUploadedFile("list.xls", content))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "税务" in answer.text
    assert not ImportBatch.objects.exists()


def test_a_file_for_a_day_ahead_is_refused(desk):
    answer = send(desk, [HEADS, row(1)], as_of="2027-01-01")

    assert (answer.status_code, ImportBatch.objects.count()) == (422, 0)
    assert "lies ahead" in answer.text


def test_a_form_sent_twice_is_one_batch_and_the_same_file_is_recognised(desk):
    key = uuid4()
    send(desk, [HEADS, row(1)], client_key=key)
    send(desk, [HEADS, row(1)], client_key=key)
    answer = send(desk, [HEADS, row(1)])

    batch = ImportBatch.objects.get()
    assert answer.headers["Location"] == reverse("register:import_batch", args=[batch.pk])


def test_a_file_without_head_is_answered_with_a_sentence(desk):
    send(desk, [["1", "2"], ["3", "4"]])

    answer = desk.get(reverse("register:import_map", args=[ImportBatch.objects.get().pk]))

    assert answer.status_code == 422
    assert "No row looks like a table’s head" in answer.text


def test_another_head_can_be_pointed_at(desk):
    send(desk, [["甲", "乙"], ["企业名称", "地址"], ["丙公司", "丁路"]])
    batch = ImportBatch.objects.get()

    answer = desk.get(reverse("register:import_map", args=[batch.pk]), head="0-0")

    assert [c.column.label for c in answer.context["columns"]] == ["甲", "乙"]


def test_the_unit_of_sums_is_asked_and_what_was_chosen_stays(desk):
    send(desk, [["企业名称", "注册资本"], ["丙公司", "500"]])
    batch = ImportBatch.objects.get()
    sent = mapping_of(desk, batch)

    answer = desk.post(reverse("register:import_map", args=[batch.pk]), **sent)

    assert answer.status_code == 422
    assert "In which unit are the sums of column “注册资本”" in answer.text
    assert 'value="fact:registered_capital_10k" selected' in answer.text
    assert desk.post(reverse("register:import_map", args=[batch.pk]), **sent | {"unit-1": "10000"}).status_code == 302


def test_look_alikes_stand_side_by_side_and_are_decided(desk, world):
    batch = checked(desk, [HEADS, row(1, name="铁岭县北岗专用汽车有限责任公司")])
    asked = batch.rows.get()
    page = page_of(desk, batch).text
    assert "铁岭县北岗专用汽车有限责任公司" in page and "北岗专用汽车有限公司" in page

    desk.post(reverse("register:import_decide", args=[asked.pk]), choice=f"same:{world.enterprise.pk}")

    batch.refresh_from_db()
    assert (batch.undecided, batch.updated) == (0, 1)


@pytest.mark.parametrize("choice", ["", "same", "same:999999", "same:x", "nonsense"])
def test_a_decision_that_is_none_is_refused_and_nothing_changes(desk, choice):
    batch = checked(desk, [HEADS, row(1, name="北岗专用汽车有限责任公司")])

    answer = desk.post(reverse("register:import_decide", args=[batch.rows.get().pk]), choice=choice)

    assert answer.status_code == 302
    assert batch.rows.get().action == ImportRow.Action.UNDECIDED


def test_the_rows_are_filtered_paged_and_exported_without_formulas(desk):
    batch = checked(desk, [HEADS, *[row(n, founded="明年") for n in range(1, 61)], row(99, name="=1+1")])
    url = reverse("register:import_batch", args=[batch.pk])

    assert len(desk.get(url).context["page"].object_list) == 50
    assert len(desk.get(url, action="created").context["page"].object_list) == 0
    lines = desk.get(url, export="csv").content.decode("utf-8-sig")
    assert lines.count("明年") == 60
    assert desk.get(url, export="xlsx").content.startswith(b"PK")


def test_the_same_fault_in_many_rows_is_summed_up_and_opens_its_rows(desk):
    wrong = [row(n, founded="明年") for n in range(1, 61)]
    batch = checked(desk, [HEADS, *wrong, row(70, staff="许多"), row(71)])
    url = reverse("register:import_batch", args=[batch.pk])

    page = desk.get(url)
    dates, staff = page.context["sums"]
    assert (dates.code, dates.column, dates.rows, dates.first) == ("not_a_date", "成立日期", 60, [2, 3, 4])
    assert (staff.code, staff.rows, staff.first) == ("not_a_number", 1, [62])
    assert "“明年” is not a date" in page.text and "2, 3, 4" in page.text

    assert [r.row_number for r in desk.get(url, fault=staff.key).context["page"]] == [62]
    assert desk.get(url, fault=dates.key, export="csv").content.decode("utf-8-sig").count("明年") >= 60
    assert len(desk.get(url, fault="nonsense\0").context["page"].object_list) == 50


def test_single_faults_need_no_sum(desk):
    batch = checked(desk, [HEADS, row(1, founded="明年"), row(2, staff="许多")])
    assert page_of(desk, batch).context["sums"] == []


def test_names_from_a_file_are_never_markup(desk):
    batch = checked(desk, [HEADS, row(1, name="<script>alert(1)</script>")])

    page = page_of(desk, batch).text
    assert "<script>alert(1)" not in page
    assert "holds markup of a web page" in page


def test_undo_is_asked_once_in_words_and_only_of_what_is_taken_in(desk):
    batch = checked(desk, [HEADS, row(1)])
    url = reverse("register:import_undo", args=[batch.pk])
    assert desk.get(url).status_code == 302

    ImportBatch.objects.update(state=State.DONE, created=1)
    assert "1 new enterprises go" in desk.get(url).text


def test_the_list_is_found_filtered_and_exported(desk):
    assert "No file has been taken in yet" in desk.get(LIST).text
    checked(desk, [HEADS, row(1)])

    assert "名单.csv" in desk.get(LIST).text
    assert "No import fits" in desk.get(LIST, state="failed").text
    assert "名单.csv" in desk.get(LIST, export="csv").content.decode("utf-8-sig")


def test_the_coordinator_of_another_area_sees_nothing_of_it(desk, at_site):
    batch = checked(desk, [HEADS, row(1)])
    stranger = at_site(factories.role("coordinator", area="211223"))

    assert stranger.get(reverse("register:import_batch", args=[batch.pk])).status_code == 404
    assert stranger.post(reverse("register:import_undo", args=[batch.pk])).status_code == 404


@pytest.mark.parametrize("kind", ["officer", "leader", "inspector", "analyst"])
def test_importing_is_the_coordinators(world, at_site, kind):
    assert at_site(factories.role(kind)).get(LIST).status_code == 403
