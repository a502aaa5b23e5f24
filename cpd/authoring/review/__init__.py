"""Review: who is asked about a draft, the key beside their blind answer, and their signatures."""
