"""Models of everything that people write in this repository: facts only, no behaviour.

Field-local checks stand here; checks across fields, files or tenants are in `rules`.
"""
