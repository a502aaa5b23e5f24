"""What accompanies the sections: safety cards, sheets, sources, glossary, corrections, figures."""
