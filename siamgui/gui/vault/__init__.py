"""The vault in the window: locking, unlocking, what opens it, and what to do where nothing does."""
