"""Tenantry: one short file a team in, everything its place on the platform needs out."""

__version__ = "0.1.0"
