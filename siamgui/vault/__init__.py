"""What is kept on the disk, locked: one key for each data folder, and how it is opened."""
