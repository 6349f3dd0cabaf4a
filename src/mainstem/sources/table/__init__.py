"""Tables of work: time sheets and trackers' exports as CSV, TSV, Excel, JSON Lines and Parquet."""
