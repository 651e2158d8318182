"""Lists of pairs, compared one by one, with results that survive an interruption."""
