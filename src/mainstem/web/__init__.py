"""Pages: urls, views, page data (contexts), templates and static files."""
