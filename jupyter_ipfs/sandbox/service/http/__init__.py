"""The service's routes, a file for each group; each a thin shape around one call."""
