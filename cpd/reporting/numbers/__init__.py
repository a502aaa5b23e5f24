"""The numbers under which CE Broker knows the provider and its courses."""
