"""The format of a bundle: manifest, notebook and outputs, each as one sequence of bytes."""
