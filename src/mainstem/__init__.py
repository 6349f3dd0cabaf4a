"""Mainstem keeps an engineering organisation's work pointed at the value it promised."""

__version__ = "0.1.0"
