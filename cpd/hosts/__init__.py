"""The keys that all hosts of one site share, as the database knows them."""
