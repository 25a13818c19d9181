"""From a share to what is in it: opened, checked, copied, and taken from files."""
