"""The services that customers have, and what stands against running them.

A suspension is a hold. Each context places and lifts its own; a service runs while nobody holds it. Removal is two acts:
quarantine, undone in seconds, and later, under a second warrant, purge.
"""
