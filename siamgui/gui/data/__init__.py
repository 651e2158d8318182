"""What is kept, looked after: check, backup, restore, repair; a part of the settings."""
