"""Pages and feeds by address, within bounds."""
