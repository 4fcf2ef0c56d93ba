"""Time passing: rounds that ask what is due, and the jobs that carry effects out."""
