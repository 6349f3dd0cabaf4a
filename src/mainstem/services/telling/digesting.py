"""The digest: one mail a day or week with what somebody was told and has not read."""

from __future__ import annotations

from datetime import datetime, timedelta

from mainstem.services.server.ground import Ground
from mainstem.services.telling.posting import post
from mainstem.store.models import Notice, User

#: How often somebody wants it → how long after the last one. Others get none.
EVERY = {"daily": timedelta(hours=23), "weekly": timedelta(days=6, hours=23)}
#: Sentences in one mail; how many more there are is said.
MOST = 40


def send_digests(ground: Ground, *, at: datetime, public_url: str) -> int:
    """Mails to everybody who wants one what they were told since the last one; how many were sent.

    A mail that cannot be sent is tried again next time: notices are marked only when it was taken.
    """
    sent = 0
    waiting = Notice.objects.filter(read_at=None, mailed_at=None).values("user").distinct()
    for user in User.objects.filter(pk__in=waiting, is_active=True, digest__in=EVERY).iterator():
        if user.last_digest_at is not None and at - user.last_digest_at < EVERY[user.digest]:
            continue
        sent += _send(user, ground, at=at, public_url=public_url)
    return sent


def _send(user: User, ground: Ground, *, at: datetime, public_url: str) -> bool:
    rows = Notice.objects.filter(user=user, read_at=None, mailed_at=None).order_by("pk")
    notices = list(rows[: MOST + 1])
    numbers = list(rows.values_list("pk", flat=True))
    lines = [f"- {n.sentence}\n  {public_url}{n.address}" for n in notices[:MOST]]
    if len(numbers) > MOST:
        lines.append(f"- and {len(numbers) - MOST} more: {public_url}/notices/")
    name = ground.plans.head().plan.organisation.name or "Mainstem"
    count = f"{len(numbers)} thing{'s' * (len(numbers) != 1)} happened"
    text = (
        f"{count} to what you watch in {name}:\n\n" + "\n".join(lines)
        + f"\n\nHow often this comes, or never: {public_url}/account/\n"
    )  # fmt: skip
    if not post(user.email, f"{name}: {count}", text):
        return False
    Notice.objects.filter(pk__in=numbers).update(mailed_at=at)
    User.objects.filter(pk=user.pk).update(last_digest_at=at)
    return True
