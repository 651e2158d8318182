"""Learning the metric: losses, pair sets, splits, trainer, judgement. No Qt, no database."""
