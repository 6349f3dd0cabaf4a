"""The plan on a server: Django models and migrations, revisions, people, audit. No HTTP here."""
