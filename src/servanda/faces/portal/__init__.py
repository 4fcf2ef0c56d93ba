"""What customers see and do: their services, invoices and orders, and who acts for them."""
