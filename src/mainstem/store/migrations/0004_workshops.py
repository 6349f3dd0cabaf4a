"""Workshops: rooms, seats, events, snapshots, agendas that are kept; unbundlings.

Adds six tables; takes no time, and servers of the version before go on working beside it. To go back:
`python -m django migrate store 0003`, which forgets workshops, but no proposal that one of them wrote.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mainstem.store.fields


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_deciding"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True)),
                ("text", models.TextField()),
                ("author_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unbundling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("objective", models.CharField(max_length=100)),
                ("title", models.CharField(max_length=200)),
                ("state", models.CharField(default="open", max_length=10)),
                ("is_shared", models.BooleanField(default=True)),
                ("until", models.DateField(blank=True, null=True)),
                ("passed", mainstem.store.fields.KeptJSON(default=list)),
                ("author_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.proposal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Workshop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("why", models.TextField(blank=True)),
                ("state", models.CharField(default="prepared", max_length=10)),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("started_from", models.CharField(default="nothing", max_length=12)),
                ("cycle", models.CharField(blank=True, max_length=100)),
                ("link", models.TextField(blank=True)),
                ("link_digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("link_until", models.DateTimeField(blank=True, null=True)),
                ("takes_guests", models.BooleanField(default=False)),
                ("number", models.BigIntegerField(default=0)),
                ("base", models.BigIntegerField(default=0)),
                ("author_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="store.proposal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("role", models.CharField(max_length=12)),
                ("secret_digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="store.workshop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoomSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("records", mainstem.store.fields.KeptJSON(default=dict)),
                (
                    "workshop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snapshot",
                        to="store.workshop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoomEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("act", models.CharField(max_length=30)),
                ("act_id", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("puts", mainstem.store.fields.KeptJSON(default=dict)),
                ("before", mainstem.store.fields.KeptJSON(default=dict)),
                ("undoes", models.BigIntegerField(blank=True, null=True)),
                (
                    "seat",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="store.seat",
                    ),
                ),
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="store.workshop",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="workshop",
            index=models.Index(fields=["state", "-id"], name="store_works_state_e25ad1_idx"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False)),
                fields=("workshop", "person"),
                name="one_seat_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="roomevent",
            constraint=models.UniqueConstraint(
                fields=("workshop", "number"), name="one_event_each_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="roomevent",
            constraint=models.UniqueConstraint(
                fields=("workshop", "act_id"), name="one_event_each_act"
            ),
        ),
    ]
