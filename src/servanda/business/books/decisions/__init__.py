"""What the books say and how: the chart, what closing asks for, files for other programs, how long things are kept."""
