"""Measurements of Tenantry against something real, as ratios within one run."""
