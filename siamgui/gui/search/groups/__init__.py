"""The faces of searched folders gathered by person, and looked through."""
