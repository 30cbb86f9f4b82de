"""Generated references: JSON Schemas for editors, and the pages that explain every field.

All are made from the models, the facts and the claim kinds, and tested to be current.
"""
