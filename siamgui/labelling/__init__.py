"""Labelled pairs: what they say together, which pair teaches most, what an import brings. No Qt, no database."""
