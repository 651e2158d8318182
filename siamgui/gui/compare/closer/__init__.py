"""Two faces looked at closely: side by side, laid over one another, and feature by feature."""
