"""The reports as they are shown: sentences on top, a chart, tables whose figures lead to the rows behind them."""
