"""The rules whose faults block publishing, by topic, and the list of them."""
