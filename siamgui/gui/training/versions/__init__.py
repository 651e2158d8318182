"""Steps 5 and 6: the judgement, and the versions there are."""
