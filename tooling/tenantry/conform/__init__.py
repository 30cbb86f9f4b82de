"""Whether rendered objects are what an API server would accept: schemas in, findings out. Pure."""
