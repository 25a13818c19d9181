"""The files of a bundle that tools read: crate, citation, licence, Binder, readme."""
