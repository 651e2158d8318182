"""What is kept of a comparison, and handed on: a record of its figures, and reports that can be computed again."""
