"""When does a line end, renew or change, and what is due then?

Pure: the house, the preview and the timeline ask the same functions.
"""
