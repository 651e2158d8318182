"""The people page: who is enrolled, by which photos, for how long."""
