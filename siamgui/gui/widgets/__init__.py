"""Widgets that pages are made of; each shows values it is given and knows no page."""
