"""Running a server: what it stands on, jobs, health, backups, moving, answers that are kept."""
