"""What changed from one share to another."""
