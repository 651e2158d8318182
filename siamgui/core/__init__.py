"""The face engine: no Qt, no database, no network."""
