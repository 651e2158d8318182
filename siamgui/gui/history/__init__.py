"""The history page: the log of verifications."""
