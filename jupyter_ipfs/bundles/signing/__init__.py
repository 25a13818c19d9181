"""Who vouches for a share."""
