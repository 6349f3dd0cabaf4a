"""Taking away what nobody needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from mainstem.store.models import ChatMessage, Job, ReceivedHook, RepeatedWrite

#: How long the answer to a write with an idempotency key can be had again.
KEPT_ANSWERS = timedelta(hours=24)
KEPT_JOBS = timedelta(days=30)
#: How long a message of a source is known again; none is sent again later than that.
KEPT_MESSAGES = timedelta(days=14)
#: How long a message of a chat is known again; an older one is refused for its age.
KEPT_CHAT = timedelta(hours=1)


def clean_up(*, at: datetime) -> str:
    """Removes sessions that ended, old answers to repeated writes, jobs done long ago, old messages of sources.

    Returns:
        What was done, in words; empty if nothing was.
    """
    from allauth.usersessions.models import UserSession

    ended = Session.objects.filter(expire_date__lt=at)
    UserSession.objects.filter(session_key__in=ended.values("session_key")).delete()
    sessions, _ = ended.delete()
    answers, _ = RepeatedWrite.objects.filter(at__lt=at - KEPT_ANSWERS).delete()
    # what stands for good waits for somebody, also after it was given up
    old = Job.objects.filter(state__in=("done", "failed"), ended_at__lt=at - KEPT_JOBS)
    jobs, _ = old.filter(every_seconds=None).delete()
    messages, _ = ReceivedHook.objects.filter(is_open=False, at__lt=at - KEPT_MESSAGES).delete()
    ChatMessage.objects.filter(at__lt=at - KEPT_CHAT).delete()
    if not (sessions or answers or jobs or messages):
        return ""
    return f"{sessions} sessions, {answers} answers, {jobs} jobs and {messages} messages removed"
