"""People, rights, invitations, groups and tokens as services keep them, for every face."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.services.people import auditing, grants, groups, invitations, joining, people, tokens
from mainstem.services.people.access import Given, Role
from mainstem.services.people.accounts import actor_of
from mainstem.services.server import sealing
from mainstem.store.models import ApiToken, AuditLine, Grant, Invitation, Membership, User
from tests.server.cast import PASSWORD, actor
from tests.server.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
VIEWER = Given(Role.VIEWER)


def link(token):
    return f"https://here.example/invitation/{token}/"


def invite(ground, cast, email="new@example.org", given=VIEWER, at=NOW):
    sent = invitations.invite(email, given, ground, actor("ada", cast), at=at, link=link)
    return sent, sent.link.split("/")[-2]


def held(user):
    return {(g.role, g.team, g.stream, g.origin) for g in Grant.objects.filter(user=user)}


def last_line():
    return AuditLine.objects.order_by("-pk").first()


def test_an_invited_person_gets_a_mail_makes_an_account_and_holds_what_was_given(ground, cast):
    sent, token = invite(ground, cast, "New@Example.org", Given(Role.LEAD, team="playback"))
    (letter,) = mail.outbox
    assert (
        letter.to == ["new@example.org"] and sent.link in letter.body and "Streamly" in letter.body
    )
    user = invitations.accept(token, "  Nia   New ", PASSWORD, at=NOW)
    assert (user.name, user.email) == ("Nia New", "new@example.org")
    assert held(user) == {("lead", "playback", "", "person")}
    assert last_line().sentence == "Nia New accepted the invitation as team lead of playback."


def test_a_link_opens_nothing_twice_nor_after_seven_days_nor_when_taken_back(ground, cast):
    _, once = invite(ground, cast)
    invitations.accept(once, "Nia", PASSWORD, at=NOW)
    _, late = invite(ground, cast, "late@example.org")
    sent, taken = invite(ground, cast, "taken@example.org")
    invitations.withdraw(sent.invitation.id, actor("ada", cast), at=NOW)
    week = timedelta(days=7)
    for token, at in ((once, NOW), (late, NOW + week), (taken, NOW), ("nothing", NOW)):
        with pytest.raises(Absent) as refused:
            invitations.accept(token, "Nia", PASSWORD, at=at)
        assert refused.value.code == "people.no_invitation"
    assert (
        invitations.invitation_of(late, at=NOW + week - timedelta(seconds=1)).email
        == "late@example.org"
    )


def test_the_token_of_a_link_is_nowhere_in_the_database(ground, cast):
    _, token = invite(ground, cast)
    kept = str(list(Invitation.objects.values())) + str(list(AuditLine.objects.values()))
    assert token not in kept


def test_a_new_link_stops_the_old_one(ground, cast):
    sent, old = invite(ground, cast)
    again = invitations.resend(sent.invitation.id, ground, actor("ada", cast), at=NOW, link=link)
    with pytest.raises(Absent):
        invitations.invitation_of(old, at=NOW)
    assert invitations.invitation_of(again.link.split("/")[-2], at=NOW).email == "new@example.org"
    assert len(mail.outbox) == 2


def test_inviting_the_same_address_again_leaves_one_invitation_and_one_link(ground, cast):
    _, old = invite(ground, cast)
    _, new = invite(ground, cast, given=Given(Role.PLANNER))
    with pytest.raises(Absent):
        invitations.accept(old, "Nia", PASSWORD, at=NOW)
    assert held(invitations.accept(new, "Nia", PASSWORD, at=NOW)) == {("planner", "", "", "person")}
    assert not invitations.list_invitations(actor("ada", cast))


def test_who_has_an_account_is_not_invited(ground, cast):
    with pytest.raises(Conflict):
        invite(ground, cast, "Vera@example.org")


def test_an_account_has_a_password_that_is_not_weak(ground, cast):
    _, token = invite(ground, cast)
    for weak in ("short", "password1234", "new@example.org"):
        with pytest.raises(Invalid) as refused:
            invitations.accept(token, "Nia", weak, at=NOW)
        assert refused.value.field == "password"
    assert not User.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [(Given(Role.OWNER), "stream"), (Given(Role.OWNER, stream="nowhere"), "stream"),
     (Given(Role.LEAD, team="nowhere"), "team"), (Given(Role.VIEWER, team="playback"), "team"),
     (Given(Role.PLANNER, stream="start-fast"), "stream")],
)  # fmt: skip
def test_a_right_that_fits_nowhere_is_refused(given, field, ground, cast):
    with pytest.raises(Invalid) as refused:
        grants.give(cast["vera"].pk, given, ground, actor("ada", cast), at=NOW)
    assert refused.value.field == field


def test_a_right_counts_from_the_moment_it_is_given_until_it_is_taken(ground, cast):
    ada = actor("ada", cast)
    one = grants.give(cast["vera"].pk, Given(Role.PLANNER), ground, ada, at=NOW)
    assert actor("vera", cast).plans
    assert last_line().sentence == "Gave Vera the right: planner."
    grants.take(cast["vera"].pk, one.id, ada, at=NOW)
    assert not actor("vera", cast).plans
    assert last_line().sentence == "Took from Vera the right: planner."


def test_giving_what_is_held_changes_nothing_and_leaves_no_line(ground, cast):
    before = AuditLine.objects.count()
    grants.give(cast["vera"].pk, VIEWER, ground, actor("ada", cast), at=NOW)
    assert AuditLine.objects.count() == before


def test_the_last_administrator_stays_one_whatever_is_tried(ground, cast):
    ada = actor("ada", cast)
    own = Grant.objects.get(user=cast["ada"]).pk
    with pytest.raises(Conflict, match="last administrator"):
        grants.take(cast["ada"].pk, own, ada, at=NOW)
    grants.give(cast["petra"].pk, Given(Role.ADMINISTRATOR), ground, ada, at=NOW)
    people.deactivate(cast["petra"].pk, ada, at=NOW)
    with pytest.raises(Conflict, match="last administrator"):
        grants.take(cast["ada"].pk, own, ada, at=NOW)
    people.reactivate(cast["petra"].pk, ada, at=NOW)
    grants.take(cast["ada"].pk, own, ada, at=NOW)
    with pytest.raises(Conflict, match="last administrator"):
        people.deactivate(cast["petra"].pk, _as(cast["ada"], Given(Role.ADMINISTRATOR)), at=NOW)


def _as(user, given):
    from dataclasses import replace

    return replace(actor_of(user, today=TODAY, face="page"), given=frozenset({given}))


def test_nobody_closes_their_own_account(ground, cast):
    grants.give(cast["petra"].pk, Given(Role.ADMINISTRATOR), ground, actor("ada", cast), at=NOW)
    with pytest.raises(Conflict, match="your own"):
        people.deactivate(cast["petra"].pk, actor("petra", cast), at=NOW)


@pytest.mark.parametrize("name", ["petra", "lena", "owen", "carl", "vera"])
def test_only_administrators_administer(name, ground, cast):
    by, vera = actor(name, cast), cast["vera"].pk
    for what in (
        lambda: people.list_people(by),
        lambda: people.person_of(vera, by),
        lambda: people.change_person(vera, "V", "v@example.org", by, at=NOW),
        lambda: people.deactivate(vera, by, at=NOW),
        lambda: grants.give(vera, VIEWER, ground, by, at=NOW),
        lambda: grants.take(vera, Grant.objects.get(user=vera).pk, by, at=NOW),
        lambda: invitations.invite("x@example.org", VIEWER, ground, by, at=NOW, link=link),
        lambda: invitations.list_invitations(by),
        lambda: groups.add_group("g", VIEWER, "", ground, by, at=NOW),
        lambda: groups.list_groups(by),
        lambda: auditing.read_lines(auditing.Asked(), ground, by),
        lambda: auditing.export_lines(auditing.Asked(), "csv", ground, by, at=NOW),
    ):
        with pytest.raises(Forbidden):
            what()
    with pytest.raises(Absent):
        tokens.tokens_of(cast["ada"].pk, by)


def test_an_administrator_with_a_token_for_reading_changes_nothing(ground, cast):
    reading = actor("ada", cast, face="api", may_write=False)
    with pytest.raises(Forbidden) as refused:
        grants.give(cast["vera"].pk, Given(Role.PLANNER), ground, reading, at=NOW)
    assert refused.value.code == "access.scope"


def test_a_person_belongs_to_a_team_between_two_days(ground, cast):
    wanted = people.Belonging(0, "growth", TODAY, TODAY + timedelta(days=9), Decimal("0.5"), "")
    ada, vera = actor("ada", cast), cast["vera"]
    kept = people.belong(vera.pk, wanted, ground, ada, at=NOW)
    for day, teams in (
        (TODAY - timedelta(days=1), set()),
        (TODAY, {"growth"}),
        (TODAY + timedelta(days=10), set()),
    ):
        assert actor_of(vera, today=day, face="page").teams == teams
    people.part(vera.pk, kept.id, TODAY, ground, ada, at=NOW)
    assert Membership.objects.get(pk=kept.id).last_day == TODAY
    with pytest.raises(Invalid):
        people.part(vera.pk, kept.id, TODAY - timedelta(days=1), ground, ada, at=NOW)
    people.part(vera.pk, kept.id, None, ground, ada, at=NOW)
    assert not Membership.objects.filter(user=vera).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"team": "nowhere"}, "team"), ({"last_day": date(2020, 1, 1)}, "last_day"),
     ({"fraction": Decimal(0)}, "fraction"), ({"fraction": Decimal(2)}, "fraction")],
)  # fmt: skip
def test_a_membership_that_cannot_be_is_refused(wrong, field, ground, cast):
    from dataclasses import replace

    right = people.Belonging(0, "growth", TODAY, None, Decimal(1), "")
    with pytest.raises(Invalid) as refused:
        people.belong(cast["vera"].pk, replace(right, **wrong), ground, actor("ada", cast), at=NOW)
    assert refused.value.field == field


def test_a_closed_account_loses_its_tokens_and_acts_no_more(ground, cast):
    made = token_of("vera", ground, cast)
    people.deactivate(cast["vera"].pk, actor("ada", cast), at=NOW)
    assert tokens.actor_of_token(made.text, NOW) is None
    people.reactivate(cast["vera"].pk, actor("ada", cast), at=NOW)
    assert tokens.actor_of_token(made.text, NOW) is None
    assert held(cast["vera"]) == {("viewer", "", "", "person")}


def test_an_address_belongs_to_one_account(ground, cast):
    ada = actor("ada", cast)
    with pytest.raises(Conflict):
        people.change_person(cast["vera"].pk, "Vera", "CARL@example.org", ada, at=NOW)
    assert (
        people.change_person(cast["vera"].pk, "Vera W.", "W@example.org", ada, at=NOW).email
        == "w@example.org"
    )


# tokens


def token_of(name, ground, cast, scope="write", days=30):
    return tokens.create_token(
        "a script", scope, TODAY + timedelta(days=days), ground, actor(name, cast), at=NOW
    )


def test_a_token_acts_for_its_owner_within_its_scope(ground, cast):
    write, read = token_of("lena", ground, cast), token_of("lena", ground, cast, "read")
    acting = tokens.actor_of_token(write.text, NOW, today=TODAY, address="10.1.1.1", request="r1")
    assert (acting.id, acting.given, acting.teams) == (
        cast["lena"].pk,
        actor("lena", cast).given,
        frozenset({"playback"}),
    )
    assert (acting.face, acting.may_write, acting.address, acting.request) == (
        "api",
        True,
        "10.1.1.1",
        "r1",
    )
    assert not tokens.actor_of_token(read.text, NOW).may_write


def test_the_text_of_a_token_is_long_random_and_nowhere_in_the_database(ground, cast):
    texts = {token_of("vera", ground, cast).text for _ in range(5)}
    assert len(texts) == 5 and all(len(t) == 46 for t in texts)
    kept = str(list(ApiToken.objects.values())) + str(list(AuditLine.objects.values()))
    assert not any(t in kept or t[11:] in kept for t in texts)


def test_a_token_ends_after_its_last_day_where_the_organisation_is(ground, cast):
    made = token_of("vera", ground, cast, days=0)
    assert tokens.actor_of_token(made.text, NOW.replace(hour=23, minute=59)) is not None
    assert tokens.actor_of_token(made.text, NOW + timedelta(days=1, hours=-9)) is None


def test_what_is_no_token_opens_nothing(ground, cast):
    made = token_of("vera", ground, cast)
    for text in ("", "ms_", made.text[:-1], made.text + "x", made.text.upper(), made.token.prefix):
        assert tokens.actor_of_token(text, NOW) is None


def test_a_token_taken_back_opens_nothing_from_then_on(ground, cast):
    made = token_of("vera", ground, cast)
    with pytest.raises(Absent):
        tokens.revoke_token(made.token.id, actor("carl", cast), at=NOW)
    tokens.revoke_token(made.token.id, actor("vera", cast), at=NOW)
    assert tokens.actor_of_token(made.text, NOW) is None
    assert last_line().action == "token.revoke"


def test_the_last_use_of_a_token_is_written_at_most_once_a_minute(
    ground, cast, django_assert_num_queries
):
    made = token_of("vera", ground, cast)
    tokens.actor_of_token(made.text, NOW)
    tokens.actor_of_token(made.text, NOW + timedelta(seconds=59))
    assert ApiToken.objects.get().used_at == NOW
    tokens.actor_of_token(made.text, NOW + timedelta(seconds=60))
    assert ApiToken.objects.get().used_at == NOW + timedelta(seconds=60)
    with django_assert_num_queries(3):
        tokens.actor_of_token(made.text, NOW + timedelta(seconds=61))


def test_a_token_lives_at_most_a_year_and_cannot_make_another(ground, cast):
    with pytest.raises(Invalid):
        token_of("vera", ground, cast, days=367)
    with pytest.raises(Invalid):
        token_of("vera", ground, cast, days=-1)
    with pytest.raises(Forbidden):
        tokens.create_token("x", "read", TODAY, ground, actor("vera", cast, face="api"), at=NOW)
    with pytest.raises(Absent):
        token_of("otto", ground, cast)


# groups


def sync(cast, ground, *names, who="vera"):
    by = actor(who, cast)
    joining.take_groups(cast[who], names, by, ground, at=NOW)


def test_groups_give_and_take_at_each_sign_in_and_leave_alone_what_a_person_gave(ground, cast):
    ada = actor("ada", cast)
    groups.add_group("planners", Given(Role.PLANNER), "", ground, ada, at=NOW)
    groups.add_group("growth-leads", Given(Role.LEAD, team="growth"), "growth", ground, ada, at=NOW)
    sync(cast, ground, "planners", "growth-leads", "unknown")
    by_hand = ("viewer", "", "", "person")
    assert held(cast["vera"]) == {
        by_hand,
        ("planner", "", "", "claims"),
        ("lead", "growth", "", "claims"),
    }
    assert actor("vera", cast).teams == {"growth"}
    sync(cast, ground, "planners")
    assert held(cast["vera"]) == {by_hand, ("planner", "", "", "claims")}
    assert actor("vera", cast).teams == frozenset()
    sync(cast, ground)
    assert held(cast["vera"]) == {by_hand}


def test_signing_in_again_with_the_same_groups_changes_nothing_and_leaves_no_line(ground, cast):
    groups.add_group("planners", Given(Role.PLANNER), "growth", ground, actor("ada", cast), at=NOW)
    sync(cast, ground, "planners")
    before = AuditLine.objects.count()
    sync(cast, ground, "planners")
    assert AuditLine.objects.count() == before


def test_a_right_given_by_hand_stays_when_a_group_that_means_it_goes(ground, cast):
    ada = actor("ada", cast)
    groups.add_group("planners", Given(Role.PLANNER), "", ground, ada, at=NOW)
    sync(cast, ground, "planners")
    grants.give(cast["vera"].pk, Given(Role.PLANNER), ground, ada, at=NOW)
    sync(cast, ground)
    assert ("planner", "", "", "person") in held(cast["vera"])


def test_groups_never_take_the_last_administrator(ground, cast):
    groups.add_group("chiefs", Given(Role.ADMINISTRATOR), "", ground, actor("ada", cast), at=NOW)
    sync(cast, ground, "chiefs")
    Grant.objects.filter(user=cast["ada"]).delete()
    sync(cast, ground)
    assert ("administrator", "", "", "claims") in held(cast["vera"])
    assert "there would be no other" in AuditLine.objects.get(action="grant.keep").sentence


def test_a_group_for_a_team_that_is_gone_gives_nothing(ground, cast):
    from mainstem.store.models import Group

    Group.objects.create(name="old", role="lead", team="dissolved")
    sync(cast, ground, "old")
    assert held(cast["vera"]) == {("viewer", "", "", "person")}
    assert actor("vera", cast).teams == frozenset()


def test_a_group_means_something_once(ground, cast):
    ada = actor("ada", cast)
    groups.add_group("g", VIEWER, "", ground, ada, at=NOW)
    with pytest.raises(Conflict):
        groups.add_group("g", VIEWER, "", ground, ada, at=NOW)
    with pytest.raises(Invalid):
        groups.add_group("g", None, "", ground, ada, at=NOW)
    (kept,) = groups.list_groups(ada)
    groups.remove_group(kept.id, ada, at=NOW)
    with pytest.raises(Absent):
        groups.remove_group(kept.id, ada, at=NOW)


# audit


def test_the_log_is_searched_by_who_what_about_outcome_and_days(ground, cast):
    AuditLine.objects.all().delete()
    ada, vera = actor("ada", cast), actor("vera", cast)
    auditing.record(ada, "sign-in", at=NOW - timedelta(days=3))
    auditing.record(
        vera, "sign-in.failed", "people/6", at=NOW - timedelta(days=1), outcome="failed"
    )
    auditing.record(vera, "plan.page", "streams/start-fast", at=NOW)

    def found(**asked):
        return [x.action for x in auditing.read_lines(auditing.Asked(**asked), ground, ada).lines]

    assert found() == ["plan.page", "sign-in.failed", "sign-in"]
    assert found(person="ver") == ["plan.page", "sign-in.failed"]
    assert found(person=str(cast["ada"].pk)) == ["sign-in"]
    assert found(action="sign-in") == ["sign-in.failed", "sign-in"]
    assert found(action="sign-in.failed") == ["sign-in.failed"]
    assert found(action="sign") == []
    assert found(subject="start-fast") == ["plan.page"]
    assert found(outcome="failed") == ["sign-in.failed"]
    assert found(since=TODAY) == ["plan.page"]
    assert found(until=TODAY - timedelta(days=1)) == ["sign-in.failed", "sign-in"]
    with pytest.raises(Invalid):
        found(outcome="splendid")


def test_pages_of_the_log_miss_no_line_though_new_ones_come(ground, cast):
    AuditLine.objects.all().delete()
    ada = actor("ada", cast)
    for n in range(25):
        auditing.record(ada, f"n.{n}", at=NOW)
    seen, before = [], ""
    while True:
        page = auditing.read_lines(auditing.Asked(), ground, ada, before=before, limit=10)
        seen += [x.action for x in page.lines]
        auditing.record(ada, "later", at=NOW)
        if not page.next:
            break
        before = page.next
    assert seen == [f"n.{n}" for n in reversed(range(25))]


def test_what_is_sealed_is_opened_for_the_same_purpose_with_the_same_secret_only(settings):
    from mainstem.errors import MainstemError

    sealed = sealing.seal("words", "codes")
    assert "words" not in sealed
    assert sealing.unseal(sealed, "codes") == "words"
    with pytest.raises(MainstemError):
        sealing.unseal(sealed, "hooks")
    settings.SECRET_KEY = "another secret of the required length"
    with pytest.raises(MainstemError):
        sealing.unseal(sealed, "codes")
