"""The plan, in a folder and on a server: read, changed, proposed, compared, kept in step, and the life of cycles."""
