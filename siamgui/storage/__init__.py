"""What is kept on this machine: labelled pairs (SQLite) and model versions (folders). No Qt."""
