"""Values of metrics out of any JSON over HTTP."""
