"""Pure reckoning for reports: which days a stretch has, and what a list of lines says about coming and going."""
