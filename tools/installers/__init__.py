"""What makes the installers of siamgui: tools/package.py begins here."""
