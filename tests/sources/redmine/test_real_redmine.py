"""Syncing with a real Redmine: what people do there is what the ledger gets."""

from __future__ import annotations

from datetime import timedelta

from tests.sources.redmine.asking import NOW, connection, crowd_of_time, edit, log, new_issue, sync

DAY = timedelta(days=1)


def past(server, issue: int, *moments: str) -> None:
    """Puts creation and journals of an issue into the past, in their order."""
    server.sql("UPDATE issues SET created_on = ? WHERE id = ?", moments[0], issue)
    journals = server.sql("SELECT id FROM journals WHERE journalized_id = ? ORDER BY id", issue)
    for (journal,), at in zip(journals, moments[1:], strict=True):
        server.sql("UPDATE journals SET created_on = ? WHERE id = ?", at, journal)


def past_time(server, entry: int, at: str) -> None:
    """As if time had been logged then."""
    server.sql("UPDATE time_entries SET created_on = ?, updated_on = ? WHERE id = ?", at, at, entry)


def test_issues_and_logged_time_arrive(redmine):
    first = new_issue(redmine, "Player", priority_id=3, category_id=1, fixed_version_id=1)
    second = new_issue(redmine, "Sound", project_id="alpha-inside", parent_issue_id=None)
    time = log(redmine, 2.5, issue_id=first)
    fold, _ = sync(connection(redmine))
    item = fold.items[f"#{first}"]
    assert (item["title"], item["type"], item["state"], item["project"]) == ("Player", "Bug", "New", "alpha")  # fmt: skip
    assert item["components"] == ["Player"] and item["fields"]["fix version"] == "2.0"
    assert item["fields"]["priority"] == "High" and item["fields"]["id"] == str(first)
    assert fold.items[f"#{second}"]["project"] == "alpha-inside"
    record = fold.records[f"time:{time}#log"]
    assert (record["amount"], record["person"], record["day"], record["item_key"]) == (
        2_500_000, "ann@example.org", "2026-11-02", f"#{first}",
    )  # fmt: skip
    assert not fold.rejects and not fold.notes and fold.read == 3


def test_the_history_tells_who_had_it_in_progress_and_when_it_was_done(redmine):
    nr = new_issue(redmine)
    edit(redmine, nr, status_id=2, assigned_to_id=6)
    edit(redmine, nr, assigned_to_id=7)
    edit(redmine, nr, status_id=5, by="ben")
    past(redmine, nr, "2026-10-01 09:00:00", "2026-10-05 09:00:00", "2026-10-07 09:00:00",
         "2026-10-08 15:00:00")  # fmt: skip
    fold, _ = sync(connection(redmine))
    item = fold.items[f"#{nr}"]
    assert (item["started"], item["done"]) == ("2026-10-05 09:00:00", "2026-10-08 15:00:00")
    days = sorted(k for k in fold.records if "#day:" in k)
    assert days == [
        f"{nr}#day:ann@example.org:2026-10-05", f"{nr}#day:ann@example.org:2026-10-06",
        f"{nr}#day:ann@example.org:2026-10-07", f"{nr}#day:ben@example.org:2026-10-07",
        f"{nr}#day:ben@example.org:2026-10-08",
    ]  # fmt: skip
    assert fold.records[f"{nr}#item"]["person"] == "ben@example.org"
    assert sum("#move:" in k for k in fold.records) == 2


def test_whoever_logs_time_leaves_no_traces_also_when_the_time_comes_later(redmine):
    nr = new_issue(redmine, assigned_to_id=6)
    edit(redmine, nr, status_id=2)
    past(redmine, nr, "2026-10-01 09:00:00", "2026-10-29 09:00:00")
    other = log(redmine, 1, issue_id=new_issue(redmine, "Another"))
    past_time(redmine, other, "2026-10-01 09:00:00")
    fold, _ = sync(connection(redmine))
    assert [k for k in fold.records if k.startswith(f"{nr}#day:")]
    log(redmine, 3, issue_id=nr)
    sync(connection(redmine), fold)
    assert not [k for k in fold.records if k.startswith(f"{nr}#day:")]
    assert sum(fold.amounts("time:").values()) == 4


def test_a_reopened_issue_is_not_done(redmine):
    nr = new_issue(redmine)
    edit(redmine, nr, status_id=5)
    fold, _ = sync(connection(redmine))
    assert f"{nr}#item" in fold.records
    edit(redmine, nr, status_id=4)
    sync(connection(redmine), fold)
    assert fold.items[f"#{nr}"]["done"] is None and f"{nr}#item" not in fold.records
    edit(redmine, nr, status_id=6)
    sync(connection(redmine), fold)
    assert fold.items[f"#{nr}"]["state"] == "Rejected" and f"{nr}#item" not in fold.records


def test_without_histories_it_costs_less_and_knows_the_day_of_closing(redmine):
    nr = new_issue(redmine)
    edit(redmine, nr, status_id=5)
    fold, watch = sync(connection(redmine, history="no"))
    assert fold.items[f"#{nr}"]["done"] and f"{nr}#item" in fold.records
    assert not [k for k in fold.records if "#move:" in k or "#day:" in k]
    assert watch.meter.requests == 5


def test_what_is_deleted_is_found_by_the_roll_call(redmine):
    kept, lost = new_issue(redmine, "Kept"), new_issue(redmine, "Lost")
    times = [log(redmine, 1, issue_id=kept), log(redmine, 2, issue_id=kept), log(redmine, 4, issue_id=lost)]  # fmt: skip
    fold, _ = sync(connection(redmine))
    redmine.call("DELETE", f"issues/{lost}.json?todo=destroy")
    redmine.call("DELETE", f"time_entries/{times[0]}.json")
    sync(connection(redmine), fold, at=NOW + timedelta(hours=1))
    assert f"#{lost}" in fold.items
    sync(connection(redmine), fold, at=NOW + timedelta(hours=25))
    assert set(fold.items) == {f"#{kept}"} and fold.gone == {f"#{lost}": "deleted"}
    assert fold.amounts("time:") == {f"time:{times[1]}#log": 2.0}


def test_what_moves_out_of_reach_goes_and_comes_back(redmine):
    nr = new_issue(redmine, project_id="beta")
    fold, _ = sync(connection(redmine))
    redmine.sql("UPDATE issues SET project_id = 4 WHERE id = ?", nr)
    sync(connection(redmine), fold, at=NOW + 2 * DAY)
    assert fold.gone == {f"#{nr}": "out of reach"} and not fold.items
    redmine.sql("UPDATE issues SET project_id = 1 WHERE id = ?", nr)
    sync(connection(redmine), fold, at=NOW + 4 * DAY)
    assert fold.items[f"#{nr}"]["project"] == "alpha"


def test_a_move_to_another_project_is_followed(redmine):
    nr = new_issue(redmine, project_id="alpha")
    time = log(redmine, 2, issue_id=nr)
    fold, _ = sync(connection(redmine, projects="alpha\nbeta"))
    edit(redmine, nr, project_id="beta")
    sync(connection(redmine, projects="alpha\nbeta"), fold)
    assert fold.items[f"#{nr}"]["project"] == "beta"
    assert fold.amounts("time:") == {f"time:{time}#log": 2.0}
    edit(redmine, nr, project_id="plain")
    sync(connection(redmine, projects="alpha\nbeta"), fold, at=NOW + 2 * DAY)
    assert not fold.items and fold.gone == {f"#{nr}": "moved out of what is read"}


def test_corrected_time_shows_soon_and_time_that_moved_counts_once(redmine):
    first, second = new_issue(redmine, "First"), new_issue(redmine, "Second")
    time = log(redmine, 2, issue_id=first)
    fold, _ = sync(connection(redmine))
    redmine.call(
        "PUT", f"time_entries/{time}.json", {"time_entry": {"hours": 5, "issue_id": second}}
    )
    sync(connection(redmine), fold, at=NOW + timedelta(minutes=5))
    assert fold.amounts("time:") == {f"time:{time}#log": 5.0}
    assert fold.records[f"time:{time}#log"]["item_key"] == f"#{second}"


def test_an_old_correction_shows_after_the_roll_call(redmine):
    nr = new_issue(redmine)
    time = log(redmine, 2, issue_id=nr, spent_on="2026-01-05")
    past_time(redmine, time, "2026-01-05 12:00:00")
    crowd_of_time(redmine, 150, nr, first=1_000)
    fold, _ = sync(connection(redmine))
    redmine.call("PUT", f"time_entries/{time}.json", {"time_entry": {"hours": 5}})
    sync(connection(redmine), fold, at=NOW + timedelta(minutes=5))
    assert fold.amounts()[f"time:{time}#log"] == 2.0
    sync(connection(redmine), fold, at=NOW + 2 * DAY)
    assert fold.amounts()[f"time:{time}#log"] == 5.0 and len(fold.stems("time:")) == 151


def test_time_on_a_project_counts_for_the_project(redmine):
    time = log(redmine, 3, project_id=1)
    fold, _ = sync(connection(redmine))
    assert fold.records[f"time:{time}#log"]["item_key"] == "alpha"
    assert fold.items["alpha"]["type"] == "project" and fold.items["alpha"]["project"] == "alpha"
    sync(connection(redmine), fold, at=NOW + 2 * DAY)
    assert "alpha" in fold.items and not fold.gone


def test_fields_points_and_team_are_found_by_name(redmine):
    custom = [
        {"id": 1, "value": "5"},
        {"id": 2, "value": "video"},
        {"id": 3, "value": ["web", "ios"]},
    ]
    nr = new_issue(redmine, custom_fields=custom)
    edit(redmine, nr, status_id=5)
    time = log(redmine, 1, issue_id=nr, custom_fields=[{"id": 4, "value": "audio"}])
    given = {"points": "Story Points", "team_field": "squad", "fields": "Platforms\nNothing"}
    fold, _ = sync(connection(redmine, **given))
    assert fold.items[f"#{nr}"]["team"] == "video"
    assert fold.items[f"#{nr}"]["fields"]["Platforms"] == "web, ios"
    assert fold.amounts()[f"{nr}#points"] == 5.0
    assert fold.records[f"time:{time}#log"]["team"] == "audio"


def test_a_group_is_a_team_and_no_person(redmine):
    nr = new_issue(redmine, assigned_to_id=13)
    edit(redmine, nr, status_id=2)
    edit(redmine, nr, status_id=5)
    fold, _ = sync(connection(redmine))
    assert fold.items[f"#{nr}"]["team"] == "Video crew"
    assert fold.records[f"{nr}#item"]["person"] is None


def test_an_administrator_s_key_tells_the_group_of_everybody(redmine):
    time = log(redmine, 1, issue_id=new_issue(redmine))
    fold, _ = sync(connection(redmine, "boss", groups="yes"))
    assert fold.records[f"time:{time}#log"]["team"] == "Video crew"


def test_people_are_known_by_what_redmine_shows_of_them(redmine):
    nr = new_issue(redmine)
    times = {who: log(redmine, 1, issue_id=nr, by=who) for who in ("shy", "build-bot", "ben")}
    redmine.sql("UPDATE users SET status = 3 WHERE login = 'ben'")
    fold, _ = sync(connection(redmine, bots="build-bot"))
    rows = {who: fold.records[f"time:{nr}#log"] for who, nr in times.items()}
    assert rows["shy"]["person"] == "shy"
    assert rows["build-bot"]["bot"] and not rows["shy"]["bot"]
    assert rows["ben"]["person"] in ("user 7", "ben@example.org")


def test_private_issues_come_only_where_the_role_shows_them(redmine):
    nr = new_issue(redmine, is_private=True)
    assert f"#{nr}" in sync(connection(redmine, "reader"))[0].items
    assert f"#{nr}" not in sync(connection(redmine, "alone"))[0].items


def test_a_subtask_knows_its_parent_and_the_prefix_makes_the_key(redmine):
    above = new_issue(redmine, "Above")
    nr = new_issue(redmine, "Below", parent_issue_id=above)
    fold, _ = sync(connection(redmine, prefix="RM-"))
    assert fold.items[f"RM-{nr}"]["parent"] == f"RM-{above}"


def test_subprojects_are_read_with_their_project_unless_told_otherwise(redmine):
    new_issue(redmine, "Inside", project_id="alpha-inside")
    log(redmine, 1, project_id=2)
    assert len(sync(connection(redmine, projects="alpha"))[0].items) == 2
    assert not sync(connection(redmine, projects="alpha", subprojects="no"))[0].items


def test_a_right_to_see_time_that_is_missing_is_noted_and_withdraws_nothing(redmine):
    time = log(redmine, 1, issue_id=new_issue(redmine))
    fold, _ = sync(connection(redmine))
    redmine.sql("UPDATE roles SET permissions = ? WHERE name = 'Reader'", "---\n- :view_issues\n")
    sync(connection(redmine), fold, at=NOW + 2 * DAY)
    assert fold.amounts("time:") == {f"time:{time}#log": 1.0}
    assert any("may not see the time" in note for note in fold.notes)


def test_what_is_in_progress_is_read_again_each_day(redmine):
    nr = new_issue(redmine, assigned_to_id=6)
    edit(redmine, nr, status_id=2)
    past(redmine, nr, "2026-10-30 08:00:00", "2026-10-30 09:00:00")
    fold, _ = sync(connection(redmine))
    before = {k for k in fold.records if "#day:" in k}
    sync(connection(redmine, roll_call="100"), fold, at=NOW + DAY)
    assert {k for k in fold.records if "#day:" in k} - before == {
        f"{nr}#day:ann@example.org:2026-11-03"
    }
