"""Where blocks and pins live: one module a backend, chosen by name; folders of CARs."""
