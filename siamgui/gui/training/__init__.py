"""The training page: from labelled pairs to an encoder of one's own, in six steps."""
