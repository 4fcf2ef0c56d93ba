"""Double-entry postings: append-only, balanced by the database, each with the document or the clause it comes from."""
