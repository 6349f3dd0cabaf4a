"""The store as a Django app."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Label ``store``; big keys everywhere."""

    name = "mainstem.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
