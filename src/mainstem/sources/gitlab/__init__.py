"""GitLab: issues, merge requests, epics, time spent."""
