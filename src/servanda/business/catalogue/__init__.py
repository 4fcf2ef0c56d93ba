"""What is sold: products, plans and dated prices, loaded from the company's catalogue document."""
