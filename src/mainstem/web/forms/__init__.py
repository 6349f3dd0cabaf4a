"""Forms: shape and words of what people fill in; whether it may be done is decided by services."""
