"""The one place that joins things: settings, addresses, and which driver stands where."""
