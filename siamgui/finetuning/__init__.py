"""Learning the metric: settings, split, losses, trainer, and the process it runs in. No Qt, no database."""
