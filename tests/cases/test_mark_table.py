"""The text of the marks of decisions says what the code does."""

from cpd.cases.mark_table import MARK_TABLE, RuleSigners, load_mark_table
from cpd.cases.scales import CriticalRule, Decision


def test_it_names_every_answer_to_every_right_decision() -> None:
    text = load_mark_table()
    assert text.count("If the right decision is") == len(Decision)
    assert text.count("full marks\n") == len(Decision)
    assert text.count("half marks, too careful by one step") == len(Decision) - 1
    assert "- Go ahead: no marks, and not a pass, whatever the score" in text
    assert text.count("no marks, and not a pass") == 2
    assert "- Go ahead: no marks, not careful enough" in text


def test_two_rules_belong_to_the_table_and_all_others_to_the_case() -> None:
    signers = RuleSigners.of_case("mina", {MARK_TABLE: "Dr. Rao", "case:mina": "Dr. Lee"})
    assert signers.signer_of(CriticalRule.EMERGENCY_SIGN) == "Dr. Rao"
    assert signers.signer_of(CriticalRule.CLOT_SUSPECTED) == "Dr. Rao"
    assert signers.signer_of(CriticalRule.THIS_CASE) == "Dr. Lee"
    assert RuleSigners.of_case("noah", {}).signer_of(CriticalRule.THIS_CASE) == ""
