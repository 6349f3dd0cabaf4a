"""Forecasts, and whether work moved a metric."""
