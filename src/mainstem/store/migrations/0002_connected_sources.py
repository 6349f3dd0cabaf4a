"""Connected sources, what they told of their own accord, and jobs with a pace of their own.

Adds two tables and two empty columns; takes no time, and servers of the version before go on working
beside it. To go back: `python -m django migrate store 0001`, which forgets the connections and their
credentials; what they brought stays in the ledger.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mainstem.store.fields


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0001_start"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="again_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="every_seconds",
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="SourceConnection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("options", mainstem.store.fields.KeptJSON(default=dict)),
                ("sealed", models.TextField(blank=True)),
                ("every_minutes", models.IntegerField(default=15)),
                ("is_on", models.BooleanField(default=True)),
                ("hook_token", models.CharField(max_length=64, unique=True)),
                ("hook_secret", models.TextField()),
                ("refused_at", models.DateTimeField(blank=True, null=True)),
                ("state", mainstem.store.fields.KeptJSON(default=dict)),
                ("progress", mainstem.store.fields.KeptJSON(default=dict)),
                ("tested", mainstem.store.fields.KeptJSON(default=dict)),
                ("stop_asked", models.BooleanField(default=False)),
                ("is_anew", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "by",
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
            name="ReceivedHook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("delivery", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("keys", mainstem.store.fields.KeptJSON(default=list)),
                ("is_open", models.BooleanField(default=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="received",
                        to="store.sourceconnection",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["source", "is_open"], name="store_recei_source__8b8b90_idx"
                    ),
                    models.Index(fields=["at"], name="store_recei_at_bd7005_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "delivery"), name="one_delivery_each")
                ],
            },
        ),
    ]
