"""People, what they may do, and the teams they belong to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class People(BaseUserManager["User"]):
    """Makes accounts. E-mail addresses are the same whatever their case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account; without a password it can only sign in through others."""
        user = self.model(email=email.strip().lower(), **fields)
        if password is None:
            user.set_unusable_password()
        else:
            user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """By e-mail address, in any case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person with an account. What they may do is in their grants."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    timezone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=8, blank=True)
    digest = models.CharField(max_length=8, default="daily")
    last_digest_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the address in lower case, so that it is one account however it is written."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """What people call this person."""
        return self.name or self.email


class Grant(models.Model):
    """A role given to a person, for everything, for a team and the teams in it, or for a stream."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20)
    team = models.CharField(max_length=100, blank=True)
    stream = models.CharField(max_length=100, blank=True)
    origin = models.CharField(max_length=10, default="person")
    given_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "team", "stream"], name="one_grant_each"
            )
        ]


class Membership(models.Model):
    """A person belongs to a team from a day to a day, both included, with a part of their time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.CharField(max_length=100)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    fraction = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    origin = models.CharField(max_length=10, default="person")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["team"])]


class Invitation(models.Model):
    """An invitation to get an account; its token is kept as a hash."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20)
    team = models.CharField(max_length=100, blank=True)
    stream = models.CharField(max_length=100, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ends_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class Group(models.Model):
    """What a group of the identity provider means here: a role, a team, or both."""

    name = models.CharField(max_length=300)
    role = models.CharField(max_length=20, blank=True)
    team = models.CharField(max_length=100, blank=True)
    stream = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "role", "team", "stream"], name="one_meaning_each"
            )
        ]
