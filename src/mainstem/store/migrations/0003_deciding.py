"""Answers to statements, decisions on work, triage, audits of suggestions; recent pages of people go.

Adds eight tables, removes one that no version has written to; takes no time, and servers of the version
before go on working beside it. To go back: `python -m django migrate store 0002`, which forgets what was
answered and decided.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mainstem.store.fields


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_connected_sources"),
    ]

    operations = [
        migrations.CreateModel(
            name="AskedWork",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=400)),
                ("text", models.TextField(blank=True)),
                ("team", models.CharField(blank=True, max_length=100)),
                ("estimate", models.FloatField(blank=True, null=True)),
                ("link", models.CharField(blank=True, max_length=600)),
                ("key", models.CharField(blank=True, max_length=400)),
                ("source", models.CharField(blank=True, max_length=60)),
                ("given", mainstem.store.fields.KeptJSON(default=dict)),
                ("author_name", models.CharField(blank=True, max_length=200)),
                ("face", models.CharField(blank=True, max_length=12)),
                ("at", models.DateTimeField()),
                ("standing", models.CharField(blank=True, max_length=20)),
                ("stream", models.CharField(blank=True, max_length=100)),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("is_appealed", models.BooleanField(default=False)),
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
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=20)),
                ("stream", models.CharField(blank=True, max_length=100)),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("metric", models.CharField(blank=True, max_length=100)),
                ("metric_version", models.CharField(blank=True, max_length=64)),
                ("statements", mainstem.store.fields.KeptJSON(default=list)),
                ("why", models.TextField(blank=True)),
                ("until", models.DateField(blank=True, null=True)),
                ("role", models.CharField(blank=True, max_length=30)),
                ("author_name", models.CharField(blank=True, max_length=200)),
                ("face", models.CharField(blank=True, max_length=12)),
                ("at", models.DateTimeField()),
                (
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="store.askedwork",
                    ),
                ),
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
            name="DoneWork",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.CharField(max_length=400)),
                ("title", models.CharField(blank=True, max_length=400)),
                ("how", models.CharField(max_length=10)),
                ("likeness", models.FloatField(blank=True, null=True)),
                ("state", models.CharField(default="found", max_length=10)),
                ("first_day", models.DateField(blank=True, null=True)),
                ("found_at", models.DateTimeField()),
                ("said_by_name", models.CharField(blank=True, max_length=200)),
                ("said_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="done",
                        to="store.askedwork",
                    ),
                ),
                (
                    "said_by",
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
            name="PostedAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("place", models.CharField(max_length=300)),
                ("posted", models.CharField(blank=True, max_length=200)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("fault", models.TextField(blank=True)),
                ("name", models.CharField(blank=True, max_length=300)),
                ("said", models.TextField(blank=True)),
                ("link", models.CharField(blank=True, max_length=600)),
                ("wanted_at", models.DateTimeField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                (
                    "asked",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="posted",
                        to="store.askedwork",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChatMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StatementAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=130)),
                ("statement", models.CharField(max_length=60)),
                ("version", models.IntegerField(default=1)),
                ("answer", models.CharField(blank=True, max_length=12)),
                ("evidence", models.TextField(blank=True)),
                ("owner", models.CharField(blank=True, max_length=200)),
                ("until", models.DateField(blank=True, null=True)),
                ("is_private", models.BooleanField(default=False)),
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
            name="SuggestionAudit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=60)),
                ("month", models.DateField()),
                ("item", models.CharField(max_length=400)),
                ("suggested", models.CharField(max_length=130)),
                ("probability", models.FloatField()),
                ("truth", models.CharField(blank=True, max_length=130)),
                ("author_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(blank=True, null=True)),
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
            name="TriageMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lump", models.CharField(max_length=400)),
                ("state", models.CharField(max_length=10)),
                ("until", models.DateTimeField()),
                ("author_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.DeleteModel(
            name="Visit",
        ),
        migrations.AddIndex(
            model_name="askedwork",
            index=models.Index(fields=["standing", "-id"], name="store_asked_standin_eb5664_idx"),
        ),
        migrations.AddIndex(
            model_name="askedwork",
            index=models.Index(fields=["stream", "-id"], name="store_asked_stream_8566b4_idx"),
        ),
        migrations.AddIndex(
            model_name="askedwork",
            index=models.Index(fields=["key"], name="store_asked_key_d352eb_idx"),
        ),
        migrations.AddIndex(
            model_name="askedwork",
            index=models.Index(fields=["link"], name="store_asked_link_6884cb_idx"),
        ),
        migrations.AddIndex(
            model_name="askedwork",
            index=models.Index(fields=["team", "-id"], name="store_asked_team_8d6027_idx"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["asked", "id"], name="store_decis_asked_i_4ea9c7_idx"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["stream", "at"], name="store_decis_stream_43ff63_idx"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["metric", "at"], name="store_decis_metric_b2ccf5_idx"),
        ),
        migrations.AddIndex(
            model_name="donework",
            index=models.Index(fields=["state"], name="store_donew_state_20fa15_idx"),
        ),
        migrations.AddConstraint(
            model_name="donework",
            constraint=models.UniqueConstraint(fields=("asked", "item"), name="one_done_work_each"),
        ),
        migrations.AddConstraint(
            model_name="postedanswer",
            constraint=models.UniqueConstraint(
                fields=("source", "place"), name="one_posted_answer_each"
            ),
        ),
        migrations.AddIndex(
            model_name="postedanswer",
            index=models.Index(
                fields=["source", "wanted_at"], name="store_poste_source_867550_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="postedanswer",
            index=models.Index(fields=["source", "-at"], name="store_poste_source_1f1d11_idx"),
        ),
        migrations.AddIndex(
            model_name="chatmessage",
            index=models.Index(fields=["at"], name="store_chatm_at_aaeabf_idx"),
        ),
        migrations.AddIndex(
            model_name="statementanswer",
            index=models.Index(
                fields=["subject", "statement", "id"], name="store_state_subject_80fcb4_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="statementanswer",
            index=models.Index(fields=["statement", "at"], name="store_state_stateme_4352ae_idx"),
        ),
        migrations.AddConstraint(
            model_name="suggestionaudit",
            constraint=models.UniqueConstraint(fields=("month", "item"), name="one_audit_each"),
        ),
        migrations.AddIndex(
            model_name="triagemark",
            index=models.Index(fields=["until"], name="store_triag_until_601071_idx"),
        ),
        migrations.AddConstraint(
            model_name="triagemark",
            constraint=models.UniqueConstraint(
                fields=("lump", "author", "state"), name="one_triage_mark_each"
            ),
        ),
    ]
