"""The answers of CE Broker, and what happens to the rows that they are about."""
