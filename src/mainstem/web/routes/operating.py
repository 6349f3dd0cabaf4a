"""Addresses of running the server: health, metrics, jobs, the demo's sign-in."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import operating as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("settings/jobs/", views.jobs, name="jobs"),
    path("settings/jobs/<int:number>/run", views.run_job, name="run-job"),
    path("demo/", views.demo, name="demo"),
    path("demo/enter", views.enter_demo, name="enter-demo"),
]
