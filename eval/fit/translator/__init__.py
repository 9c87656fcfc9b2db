"""Fitting the translator of short answers."""
