"""Pictures and other files that rows name: kept once for each content, and frozen."""
