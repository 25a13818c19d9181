"""What should be known before something is shared: secrets, people, order, licence."""
