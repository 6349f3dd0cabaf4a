"""Ada uploads work and people: looked at first, read by a job, reported to the last row."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainstem.errors import Forbidden, Invalid, TooLarge
from mainstem.services.server.deriving import derive, members_of
from mainstem.services.work import sniffing, work_uploads
from mainstem.store.models import AuditLine
from tests.server.cast import actor
from tests.server.factories import NOW, land_some_work

pytestmark = pytest.mark.django_db
TIMES = (
    "Key,Date,Hours,User,Component\n"
    "PLAY-1,2026-10-05,6,carl@example.org,Player\n"
    "GRO-1,2026-10-06,5,gus@x,Signup\n"
    "GRO-1,never,5,gus@x,Signup\n"
)


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def file(content: str | bytes, name: str = "times.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def uploaded(browser, content: str | bytes = TIMES, name: str = "times.csv") -> str:
    response = browser.post("/sources/import/", {"file": file(content, name)})
    assert response.status_code == 302, text(response)
    return response.headers["Location"]


def test_ada_uploads_looks_at_how_it_is_read_reads_it_and_gets_every_row_accounted_for(as_, ground):
    ada = as_("ada")
    address = uploaded(ada, name="../../etc/times 'x'.csv")
    page = text(ada.get(address))
    assert "Is this how the file is to be read?" in page
    assert "times &#39;x&#39;.csv" in page
    assert "Hours" in page
    assert "columns:" in page
    ada.post(f"{address}/run", {"source": "sheets"})
    assert "being read" in text(ada.get(address))
    token = address.rsplit("/", 1)[1]
    work_uploads.import_upload(token, ground, at=NOW)
    page = text(ada.get("/sources/"))
    assert "sheets" in page
    assert "1 rows were rejected" in page
    report = text(ada.get("/sources/landings/1"))
    assert "3 rows of sheets were read" in report
    assert "times" not in report.partition("<main")[2].partition("Why rows")[0]
    items = text(as_("vera").get("/items/"))
    assert "11 hours on 2 items" in items
    assert AuditLine.objects.filter(action__startswith="upload").exists()


def test_rejected_rows_are_shown_word_for_word_to_administrators_only(as_, ground):
    ada = as_("ada")
    token = uploaded(ada).rsplit("/", 1)[1]
    work_uploads.import_upload(token, ground, at=NOW)
    assert "never" in text(ada.get("/sources/landings/1"))
    seen = text(as_("vera").get("/sources/landings/1"))
    assert "Why rows were rejected" in seen
    assert "never" not in seen.partition("<main")[2]


def test_a_mapping_is_corrected_kept_and_used_again(as_, ground):
    ada = as_("ada")
    odd = "What,When,How long\nPLAY-1,2026-10-05,90\n"
    address = uploaded(ada, odd, "odd.csv")
    mapping = "rows: time\nunit: minutes\ncolumns:\n  key: What\n  day: When\n  hours: How long\n"
    wrong = ada.post(f"{address}/mapping", {"mapping": mapping.replace("What", "Whta")})
    assert wrong.status_code == 400
    assert "has no column" in text(wrong)
    page = ada.post(f"{address}/mapping", {"mapping": mapping, "name": "odd sheet"}, follow=True)
    assert "read by this mapping now" in text(page)
    again = uploaded(ada, odd, "odd2.csv")
    assert "odd sheet" in text(ada.get(again))
    ada.post(f"{again}/mapping", {"kept": "odd sheet"})
    work_uploads.import_upload(again.rsplit("/", 1)[1], ground, at=NOW)
    assert "1.5 hours on 1 item" in text(as_("vera").get("/items/"))
    assert ada.post(f"{again}/mapping", {"kept": "../../secret"}).status_code == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n1,2\n", "csv"), (b"a\tb\n1\t2\n", "tsv"), (b'[{"a": 1}]', "json"),
        (b'{"a": 1}\n{"a": 2}\n', "jsonl"), (b"PAR1....PAR1", "parquet"),
        ("a;b\n1;2\n".encode("utf-16"), "csv"),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_content(tmp_path, content, kind):
    place = tmp_path / "x.exe"
    place.write_bytes(content)
    assert sniffing.kind_of(place) == kind


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n", b"\x7fELF\x00\x00", b"<html></html>", packed(a=b"x"), b"PK\x03\x04broken", b"\x00" * 99,
     packed(xl__workbook_xml=b"0" * 60_000_000)],
)  # fmt: skip
def test_what_is_no_table_or_a_bomb_is_refused_and_nothing_stays(as_, ground, content):
    response = as_("ada").post("/sources/import/", {"file": file(content, "innocent.csv")})
    assert response.status_code == 400
    assert not list((ground.data / "uploads").glob("*"))


def test_lists_within_lists_without_end_are_no_crash(as_):
    ada = as_("ada")
    for content in (b"[" * 100_000, b'{"a":' + b"[" * 60_000 + b"]" * 60_000 + b"}\n"):
        assert ada.post("/sources/import/", {"file": file(content, "deep.json")}).status_code < 500


def test_a_file_that_is_too_large_is_refused_while_it_comes(ground, cast):
    with pytest.raises(TooLarge):
        work_uploads.keep_upload(
            "x", iter([b"a,b\n" * 100] * 100), ground, actor("ada", cast), most=1_000, at=NOW
        )
    assert not list((ground.data / "uploads").glob("*"))


def test_a_large_body_is_refused_before_it_is_read_and_from_strangers_sooner(
    as_, client, ground, cast
):
    big = file(b"a,b\n" * 700_000)
    assert client.post("/sources/import/", {"file": big}).status_code in (302, 400, 404, 413)
    assert as_("carl").post("/items/contest", {"file": big}).status_code in (400, 413)


def test_nobody_but_an_administrator_uploads_or_sees_uploads(as_, ground, cast):
    address = uploaded(as_("ada"))
    for name in ("petra", "lena", "vera"):
        assert as_(name).get(address).status_code == 403
    with pytest.raises(Forbidden):
        work_uploads.keep_upload(
            "x", [b"a,b\n1,2\n"], ground, actor("petra", cast), most=999, at=NOW
        )


def test_a_people_file_replaces_the_one_before_and_says_what_it_left_out(as_, ground, cast):
    ada = as_("ada")
    page = ada.post(
        "/sources/people/", {"file": file("person,team\ngus@x,growth\nmia@x,nowhere\n")}
    )
    assert "1 memberships were taken" in text(page)
    assert "no team" in text(page)
    assert ada.post("/sources/people/", {"file": file("who,what\na,b\n")}).status_code == 400
    assert ada.post("/sources/people/", {"file": file(b"\xff\xfe\x00person")}).status_code == 400
    assert (ground.data / "people.csv").read_text().startswith("person,team\ngus@x")
    members, _ = members_of(ground, ground.plans.head().plan)
    assert ("gus@x", "growth") in {(m.person, m.team) for m in members}
    assert ("carl@example.org", "player-core") in {(m.person, m.team) for m in members}


def test_accounts_memberships_win_over_the_files_rows_about_the_same_person(ground, cast):
    (ground.data / "people.csv").write_text("person,team\nCARL@example.org,growth\ngus@x,growth\n")
    members, _ = members_of(ground, ground.plans.head().plan)
    assert [m.team for m in members if m.person.lower() == "carl@example.org"] == ["player-core"]


def test_deriving_again_does_nothing_and_new_wording_only_notes_the_revision(ground, cast):
    from mainstem.plan.changes import Changed
    from mainstem.plan.standing import Signature

    land_some_work(ground)
    derive(ground, at=NOW)
    version = ground.book().desk.view.version
    assert not derive(ground, at=NOW).changed
    assert ground.book().desk.view.version == version
    ground.plans.write([Changed("initiatives/warm-start", ("note",), None, "x")], Signature(NOW))
    done = derive(ground, at=NOW)
    assert (done.changed, done.sentence) == (False, "")
    assert ground.book().desk.view.last("refresh").plan == ground.plans.head().revision
    assert not any("plan has changed" in note for note in ground.book().notes)


def test_the_page_of_sources_says_whether_data_is_fresh(as_, ground):
    vera = as_("vera")
    assert "No work has been read yet" in text(vera.get("/sources/"))
    land_some_work(ground)
    page = text(vera.get("/sources/"))
    assert "All sources are fresh" in page
    assert "tracker" in page
    assert "Upload work" not in page


def test_an_uploads_second_reading_is_refused(ground, cast):
    ada = actor("ada", cast)
    kept = work_uploads.keep_upload("t.csv", [TIMES.encode()], ground, ada, most=9_999, at=NOW)
    asked = work_uploads.ask_for_import(kept, "", ground, ada, is_whole=False, at=NOW)
    with pytest.raises(Invalid, match="being read already"):
        work_uploads.ask_for_import(asked, "", ground, ada, is_whole=False, at=NOW)
