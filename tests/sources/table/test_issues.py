"""Trackers' exports: items, and the effort that follows from them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from mainstem.errors import SourceError

JIRA = (
    "Summary,Issue key,Issue id,Issue Type,Status,Project key,Assignee,Created,Updated,Resolved,Labels,Labels,"
    "Component/s,Component/s,Custom field (Story Points),Custom field (Epic Link),Parent id,Time Spent,"
    "Custom field (Severity),Description,Log Work,Log Work\n"
)


def test_a_finished_issue_counts_once_with_its_points_and_its_hours(read) -> None:
    got = read(
        JIRA
        + "Fix login,WEB-1,100,Bug,Done,WEB,ann,01/Jul/26 3:04 PM,02/Jul/26 9:00 AM,02/Jul/26 9:00 AM,"
        'a b,urgent,Player,"Edge, EU",5,WEB-9,,7200,high,"long\ntext",,\n',
        timezone="Europe/Berlin",
    )
    assert got.staged.source == "jira-csv"
    item = got.items["WEB-1"]
    assert item["labels"] == ["a b", "urgent"]
    assert item["components"] == ["Edge, EU", "Player"]
    assert (item["epic"], item["type"], item["state"], item["fields"]) == (
        "WEB-9",
        "Bug",
        "Done",
        {"Severity": "high"},
    )
    assert str(item["created"]) == "2026-07-01 13:04:00"
    assert {k: (r["unit"], r["amount"], str(r["day"])) for k, r in got.records.items()} == {
        "WEB-1#item": (3, 1_000_000, "2026-07-02"),
        "WEB-1#points": (2, 5_000_000, "2026-07-02"),
        "WEB-1#spent": (1, 2_000_000, "2026-07-02"),
    }
    assert "one figure" in got.notes


def test_work_logs_in_cells_become_hours_of_their_authors(read) -> None:
    got = read(
        JIRA + "Fix,WEB-1,100,Bug,Done,WEB,ann,01/Jul/26 3:04 PM,,02/Jul/26 9:00 AM,,,,,,,,10800,,,"
        '"a;b\nc;01/Jul/26 4:00 PM;bob;3600",;02/Jul/26 8:00 AM;ann;7200\n'
    )
    assert "left out" not in got.notes
    logs = got.of(1)
    assert all("#log:" in k for k in logs)
    assert sorted((r["person"], str(r["day"]), r["amount"]) for r in logs.values()) == [
        ("ann", "2026-07-02", 7_200_000_000 // 3600), ("bob", "2026-07-01", 1_000_000),
    ]  # fmt: skip


def test_a_german_jira_export_is_known(read) -> None:
    got = read(
        "Zusammenfassung;Vorgangsschlüssel;Vorgangs-ID;Vorgangstyp;Status;Projektschlüssel;Zugewiesene Person;Erstellt;"
        "Aktualisiert;Erledigt;Stichwörter;Benutzerdefiniertes Feld (Story Points)\n"
        "Anmeldung;WEB-1;1;Fehler;Fertig;WEB;jörg;01.07.2026 08:00;02.07.2026 08:00;02.07.2026 08:00;eilig;3,0\n"
    )
    assert got.staged.source == "jira-csv"
    assert got.items["WEB-1"]["labels"] == ["eilig"]
    assert [r["amount"] for r in got.of(2).values()] == [3_000_000]


def test_a_work_log_without_a_comment_may_lack_its_semicolon_too(read) -> None:
    got = read(
        JIRA + "Fix,WEB-1,100,Bug,Done,WEB,ann,01/Jul/26 3:04 PM,,02/Jul/26 9:00 AM,,,,,,,,10800,,,"
        "01/Jul/26 4:00 PM;bob;3600,\n"
    )
    assert [(r["person"], r["amount"]) for r in got.of(1).values()] == [("bob", 1_000_000)]


def test_a_french_jira_export_is_known(read) -> None:
    got = read(
        "Résumé,Clé de ticket,ID de ticket,Type de ticket,État,Clé de projet,Personne assignée,Création,Mise à jour,"
        "Résolue,Étiquettes,Étiquettes,Composants,Temps consacré,Journal de travail,Champ personnalisé (Story Points),"
        "Champ personnalisé (Équipe produit)\n"
        '"Corriger\nla lecture",WEB-1,1,Bogue,Terminé(e),WEB,élodie,01/févr./26 9:12 AM,12/août/26 3:14 PM,'
        '12/août/26 3:14 PM,vite,lecture,Lecteur,5400,"revue;11/août/26 8:00 AM;élodie;5400",3,Lecteur\n'
        "Autre,WEB-2,2,Bogue,Rouvert,WEB,élodie,01/févr./26 9:12 AM,12/juil./26 3:14 PM,01/juin/26 3:14 PM,,,,,,,\n"
    )
    assert got.staged.source == "jira-csv"
    assert got.items["WEB-1"]["labels"] == ["lecture", "vite"]
    assert got.items["WEB-1"]["fields"]["Équipe produit"] == "Lecteur"
    assert {(r["unit"], str(r["day"])) for r in got.records.values()} == {
        (1, "2026-08-11"), (2, "2026-08-12"), (3, "2026-08-12"), (5, "2026-07-12"),
    }  # fmt: skip
    assert [r["amount"] for r in got.of(1).values()] == [1_500_000]


def test_a_spanish_jira_export_is_known(read) -> None:
    got = read(
        (
            "Resumen;Clave de incidencia;ID de la incidencia;Tipo de Incidencia;Estado;Clave del proyecto;"
            "Persona asignada;Creada;Actualizada;Resuelta;Etiquetas;Registro de trabajo;Tiempo Trabajado\n"
            "Mejorar señal;PAG-1;1;Error;Finalizada;PAG;José Núñez;01/ene/26 9:12;12/ago/26 15:14;12/dic/25 15:14;caja;"
            '"hecho;11/abr/26 8:00;jose;7200";7200\n'
        ).encode("cp1252")
    )
    assert got.staged.source == "jira-csv"
    assert got.hours == 2
    assert sorted({str(r["day"]) for r in got.records.values()}) == ["2025-12-12", "2026-04-11"]


def test_an_unfinished_issue_leaves_a_trace_but_does_not_count(read) -> None:
    got = read(JIRA + "Fix,WEB-1,1,Bug,In Progress,WEB,ann,2026-07-01,2026-07-03,,,,,,5,,,,,,,\n")
    assert {(k, r["unit"], str(r["day"])) for k, r in got.records.items()} == {
        ("WEB-1#touch", 5, "2026-07-03")
    }
    assert got.items["WEB-1"]["done"] is None


def test_a_reopened_issue_does_not_count_though_it_has_a_date(read) -> None:
    got = read(
        JIRA + "Fix,WEB-1,1,Bug,Reopened,WEB,ann,2026-07-01,2026-07-03,2026-07-02,,,,,,,,,,,,\n"
    )
    assert got.of(3) == {}


def test_a_done_issue_without_a_date_counts_on_its_last_update_and_that_is_said(read) -> None:
    got = read(JIRA + "Fix,WEB-1,1,Bug,Done,WEB,ann,2026-07-01,2026-07-03,,,,,,,,,,,,,\n")
    assert str(got.records["WEB-1#item"]["day"]) == "2026-07-03"
    assert "do not say when" in got.notes


def test_a_parent_given_by_id_becomes_a_key(read) -> None:
    got = read(
        JIRA
        + "A,WEB-1,100,Story,Done,WEB,,,,,,,,,,,,,,,,\nB,WEB-2,101,Sub-task,Done,WEB,,,,,,,,,,,100,,,,,\n"
    )
    assert got.items["WEB-2"]["parent"] == "WEB-1"


def test_a_row_without_a_key_is_rejected_and_a_repeated_key_counts_once(read) -> None:
    got = read(
        "Issue key,Issue Type,Status,Updated,Resolved\nA-1,Bug,Open,2026-07-01,\n,,,,\nA-1,Bug,Done,2026-07-02,2026-07-02\n,Bug,Done,,\n"
    )
    assert got.items["A-1"]["state"] == "Done"
    assert sorted((p, r) for p, r, _ in got.rejects) == [
        ("sheet.csv:2", "same item key as another row"),
        ("sheet.csv:3", "no item key"),
        ("sheet.csv:5", "no item key"),
    ]


def test_a_date_that_cannot_be_read_keeps_the_item_and_is_said(read) -> None:
    got = read(
        "Issue key,Issue Type,Status,Resolved\nA-1,Bug,Done,2026-02-31\nA-2,Bug,Done,2026-02-28\n"
    )
    assert list(got.records) == ["A-2#item"]
    assert set(got.items) == {"A-1", "A-2"}
    assert "values for done were left out: impossible date" in got.notes


def test_github_numbers_get_their_repository(read) -> None:
    issues = [
        {"number": 7, "title": "Fix", "state": "CLOSED", "labels": [{"name": "bug"}, {"name": "ui, web"}],
         "assignees": [{"login": "ann"}, {"login": "bob"}], "createdAt": "2026-07-01T08:00:00Z",
         "closedAt": "2026-07-02T08:00:00Z", "url": "https://github.com/acme/web/issues/7", "body": "x" * 5000},
        {"number": 8, "title": "More", "state": "OPEN", "labels": [], "assignees": [], "createdAt": "2026-07-01T08:00:00Z",
         "closedAt": None, "url": "https://github.com/acme/web/issues/8", "body": ""},
    ]  # fmt: skip
    for text, name in (
        (json.dumps(issues), "i.json"),
        ("\n".join(map(json.dumps, issues)), "i.jsonl"),
    ):
        got = read(text, name)
        assert got.staged.source == "github"
        assert got.items["acme/web#7"]["labels"] == ["bug", "ui, web"]
        assert got.items["acme/web#7"]["project"] == "acme/web"
        assert [(k, r["person"]) for k, r in got.records.items()] == [("acme/web#7#item", "ann")]


def test_a_number_without_its_repository_is_told(read) -> None:
    rows = [{"number": 7, "title": "Fix", "state": "CLOSED", "closedAt": "2026-07-02T08:00:00Z"}]
    assert "1 items have a number and no repository" in read(json.dumps(rows), "i.json").notes
    rows[0]["url"] = "https://github.com/acme/web/issues/7"
    assert "no repository" not in read(json.dumps(rows), "i.json").notes


def test_gitlab_issues_as_its_api_gives_them_have_their_path_and_time(read) -> None:
    issue = {
        "id": 76, "iid": 6, "title": "Fix", "state": "closed", "created_at": "2026-07-01T08:00:00.000Z",
        "updated_at": "2026-07-08T08:00:00.000Z", "closed_at": "2026-07-08T08:00:00.000Z", "labels": ["pay", "bug"],
        "milestone": {"id": 1, "iid": 3, "title": "M1"}, "assignees": [{"username": "ann"}],
        "author": {"username": "bob"}, "assignee": {"username": "ann"}, "issue_type": "issue", "weight": 3,
        "web_url": "https://gitlab.example.com/acme/web/-/issues/6",
        "references": {"short": "#6", "relative": "#6", "full": "acme/web#6"},
        "time_stats": {"time_estimate": 0, "total_time_spent": 5400, "human_total_time_spent": "1h 30m"},
    }  # fmt: skip
    opened = {**issue, "iid": 7, "references": {"full": "acme/web#7"}, "state": "opened", "closed_at": None,
              "milestone": None, "assignee": None, "assignees": [], "time_stats": {"total_time_spent": 0}}  # fmt: skip
    got = read(json.dumps([issue, opened]), "issues.json")
    assert got.staged.source == "gitlab-api"
    assert sorted(got.items) == ["acme/web#6", "acme/web#7"]
    assert got.items["acme/web#6"]["labels"] == ["pay", "bug"]
    assert {(r["item_key"], r["unit"], r["amount"], r["person"]) for r in got.records.values()} == {
        ("acme/web#6", u, a * 10**5, "ann") for u, a in ((1, 15), (2, 30), (3, 10))
    }  # fmt: skip


def test_gitlab_stamps_are_utc_because_their_names_say_so(read) -> None:
    got = read(
        "Title,Description,Issue ID,URL,State,Author,Author Username,Assignee,Assignee Username,Created At (UTC),"
        "Updated At (UTC),Closed At (UTC),Milestone,Weight,Labels,Time Estimate,Time Spent\n"
        'Fix,,7,https://gitlab.com/acme/sub/web/-/issues/7,Closed,A,a,Ann,ann,2026-07-01 23:30:00,2026-07-01 23:30:00,2026-07-01 23:30:00,,3,"bug,ui",0,5400\n',
        timezone="Europe/Berlin",
    )
    assert got.items["acme/sub/web#7"]["labels"] == ["bug", "ui"]
    assert {str(r["day"]) for r in got.records.values()} == {"2026-07-02"}
    assert {r["unit"]: r["amount"] for r in got.records.values()} == {
        1: 1_500_000,
        2: 3_000_000,
        3: 1_000_000,
    }


def test_a_span_leaves_a_trace_on_each_working_day_and_long_ones_are_capped(read) -> None:
    text = "Issue key,Title,Status,Assignee,Start date,End date\nA-1,x,Done,ann,2026-07-01,2026-07-07\nA-2,y,Done,ann,2025-01-01,2026-06-30\n"
    got = read(text)
    days = Counter(r["item_key"] for r in got.of(5).values())
    assert days == {"A-1": 5, "A-2": 60}
    assert "1 spans are longer than 60" in got.notes
    assert str(got.items["A-1"]["started"]) == "2026-07-01 00:00:00"


def test_items_without_any_date_land_without_effort_until_a_day_is_declared(read) -> None:
    text = "issuekey,title,storypoint\nMULE-1,a,3\nMULE-2,b,5\n"
    got = read(text)
    assert (got.staged.accepted, got.records) == (2, {})
    assert "date=<day>" in got.notes
    assert got.items["MULE-1"]["project"] == "MULE"
    got = read(text, date="2020-01-01")
    assert sum(r["amount"] for r in got.of(2).values()) == 8_000_000
    assert {str(r["day"]) for r in got.records.values()} == {"2020-01-01"}


def test_nested_json_is_guessed(read) -> None:
    rows = [
        {"title": f"ABC-{i}", "summary": "s", "project": {"key": "ABC", "title": "Alpha"}, "status": "Closed",
         "components": ["x", "y"], "assignee": "ann", "date": "2026-07-01T10:00:00-0400", "updated": "2026-07-01T23:00:00-0400"}
        for i in range(1, 4)
    ]  # fmt: skip
    got = read("\n".join(map(json.dumps, rows)), "issues.jsonl", timezone="America/New_York")
    assert got.items["ABC-1"]["title"] == "s"
    assert got.items["ABC-1"]["project"] == "ABC"
    assert got.items["ABC-1"]["components"] == ["x", "y"]
    assert set(got.days) == {"2026-07-01"}


def test_lines_that_are_not_json_are_rejected_with_their_line(read) -> None:
    got = read(
        '{"key":"A-1","title":"x"}\n\n{broken\n{"key":"A-2","title":"x"}\n[1]\n{"title":null}\n',
        "x.jsonl",
    )
    assert set(got.items) == {"A-1", "A-2"}
    assert [(p, r) for p, r, _ in got.rejects] == [
        ("x.jsonl:3", "not a row"), ("x.jsonl:5", "not a row"), ("x.jsonl:6", "no item key"),
    ]  # fmt: skip


def test_an_answer_that_wraps_its_list_is_read(read) -> None:
    issues = [
        {"key": f"A-{i}", "title": "t", "status": "Done", "resolved": "2026-07-01"} for i in (1, 2)
    ]
    assert len(read(json.dumps({"total": 2, "issues": issues}, indent=1), "x.json").of(3)) == 2


def test_numbers_over_time_are_not_work(read) -> None:
    with pytest.raises(SourceError, match="metric over time") as caught:
        read("last_update,project,download_count\n2018-01-09,six,12\n")
    assert caught.value.code == "source.not_work"


def test_json_inside_cells_can_be_mapped(read) -> None:
    cell = json.dumps({"key": "A-1", "fields": {"labels": ["x", "y"]}}).replace('"', '""')
    got = read(f'id,data\n1,"{cell}"\n2,broken\n', key="data.key", labels="data.fields.labels[]")
    assert got.items["A-1"]["labels"] == ["x", "y"]
    assert [r for _, r, _ in got.rejects] == ["no item key"]


DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not there")
class TestSharedData:
    def test_a_whole_tracker_is_read_with_a_guess(self, read) -> None:
        path = DATA / "jira-fluid-project" / "issues.jsonl.gz"
        got = read(path, timezone="America/New_York")
        assert got.staged.accepted == 10_052
        assert len(got.of(3)) == 8_018 + 474 + 175 + 152
        assert sum(bool(i["components"]) for i in got.items.values()) == 8_511

    def test_work_logs_inside_rest_answers_are_read_and_cut_off_lists_are_said(self, read) -> None:
        got = read(DATA / "apache-jira-rest" / "Zookeeper.jsonl.gz")
        assert got.staged.source == "jira-rest"
        assert (len(got.items), len(got.of(1))) == (1_827, 486)
        assert {r["amount"] for r in got.of(1).values()} == {166_667}
        assert all(r["bot"] for r in got.of(1).values())
        assert "6 items list fewer work logs than they have; 132" in got.notes

    def test_a_folder_of_tables_is_one_import(self, read) -> None:
        got = read(DATA / "jira-storypoints-gpt2sp", date="2020-01-01")
        assert (got.staged.read, len(got.of(2))) == (12_683, 12_683)

    def test_a_metric_is_refused(self, read) -> None:
        with pytest.raises(SourceError, match="not work"):
            read(DATA / "metric-pypi-downloads" / "monthly_downloads_to_2022.csv.gz")

    def test_work_logs_agree_with_an_independent_import(self, read) -> None:
        folder = DATA / "devlake-raw-api" / "jira"
        raw = read(
            folder / "input" / "_raw_jira_api_worklogs.csv", rows="time", key="data.issueId", day="data.started",
            hours="data.timeSpentSeconds", unit="seconds", row_id="data.id", person="data.author.accountId",
        )  # fmt: skip
        table = read(
            folder / "expected" / "_tool_jira_worklogs.csv", day="started", row_id="worklog_id"
        )
        assert raw.hours == table.hours
        assert sorted(raw.days) == sorted(table.days)
