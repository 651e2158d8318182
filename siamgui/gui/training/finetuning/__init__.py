"""Steps 3 and 4: how to train, and the run."""
