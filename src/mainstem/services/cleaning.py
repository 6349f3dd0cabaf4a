"""Taking away what nobody needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from mainstem.store.models import Job, RepeatedWrite

#: How long the answer to a write with an idempotency key can be had again.
KEPT_ANSWERS = timedelta(hours=24)
KEPT_JOBS = timedelta(days=30)


def clean_up(*, at: datetime) -> str:
    """Removes sessions that ended, old answers to repeated writes, and jobs that were done long ago.

    Returns:
        What was done, in words; empty if nothing was.
    """
    from allauth.usersessions.models import UserSession

    ended = Session.objects.filter(expire_date__lt=at)
    UserSession.objects.filter(session_key__in=ended.values("session_key")).delete()
    sessions, _ = ended.delete()
    answers, _ = RepeatedWrite.objects.filter(at__lt=at - KEPT_ANSWERS).delete()
    old = Job.objects.filter(state__in=("done", "failed"), ended_at__lt=at - KEPT_JOBS)
    jobs, _ = old.delete()
    if not (sessions or answers or jobs):
        return ""
    return f"{sessions} sessions, {answers} answers and {jobs} jobs removed"
