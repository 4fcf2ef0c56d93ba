"""The shared looks: tokens, components and the security headers of every page."""
