"""Values of metrics out of CSV files."""
