"""Who agreed to what, under which version of the terms, from when; how long each line runs, and how it ends."""
