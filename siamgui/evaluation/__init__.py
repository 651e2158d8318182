"""Measuring the engine on labelled pairs: no Qt."""
