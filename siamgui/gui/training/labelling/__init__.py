"""Steps 1 and 2: where labelled pairs come from, and what they are worth."""
