"""Ingest that is spread over processes of one machine, or over machines."""
