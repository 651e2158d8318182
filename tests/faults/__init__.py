"""Kills, full and read-only disks and several processes at once: nothing is lost that was said to be kept, and nothing
is there by halves. In CI a short form runs (test_faults.py); the long one by hand:

    python -m tests.faults --kills 1000
"""
