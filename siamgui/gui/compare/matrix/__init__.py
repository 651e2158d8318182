"""More than two photographs on the compare page: every pair of them, as a matrix."""
