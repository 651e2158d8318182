"""FMR and FNMR by group, in the window."""
