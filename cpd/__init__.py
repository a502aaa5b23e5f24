"""cpd: a continuing-education platform of course modules and scored, case-based exams."""
