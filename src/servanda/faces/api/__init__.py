"""What programs may ask: for now the nodes, whose every request is signed. Nothing here knows a session or a cookie."""
