"""What this room asks of higher ones; here it answers itself."""

from cpd.joints.questions import Question, Slot

who_rings: Question[[str], str] = Question("bell.who_rings")
"""Who stands at a bell."""

echoes: Slot[[str], str] = Slot()
"""What comes back from a bell."""
