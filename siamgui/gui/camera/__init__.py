"""Taking a photo with a camera."""
