"""Model versions: calibrated, judged, gated, written, kept and activated. No Qt, no database."""
