"""Five companies that each run by their own terms, with customers of different habits, on test clocks of their own."""
