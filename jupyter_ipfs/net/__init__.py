"""What goes over the network: one client factory, the kinds of URL, gateways, CAR addresses."""
