"""What a run has shown, as something that can be kept, signed and handed on."""
