"""From a notebook to a share: planned, shown, and then stored in one step."""
