"""What is due on an unpaid invoice, and under which clause. Pure: the same decisions run the house, the preview and the timeline."""
