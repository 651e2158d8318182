"""Look into the camera and be verified: against a photograph, against somebody enrolled, or "who is this?"."""
