"""Values of metrics out of Prometheus."""
