"""The short way to a case: six answers, a twin of another case, a new card or source."""
