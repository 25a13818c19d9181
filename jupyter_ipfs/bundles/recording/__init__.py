"""What cells were seen to read, write and talk to, and how that is kept."""
