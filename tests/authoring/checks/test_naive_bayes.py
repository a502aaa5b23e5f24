"""The classifier guesses as scikit-learn's does, in exact numbers."""

from fractions import Fraction
from math import log

import pytest
from numpy.random import default_rng
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

from cpd.authoring.checks.naive_bayes import LabeledText, models_without_each_group, train_model

LABELS = ("proceed", "modify", "modify", "postpone", "same_day", "emergency", "emergency")


def random_texts() -> list[LabeledText]:
    """Seventy texts of thirty-five groups, in words that are a little more common in one label."""
    random = default_rng(seed=3)
    texts = []
    for number in range(70):
        label = number % len(LABELS)
        weights = [3 + 5 * (word % len(LABELS) == label) for word in range(40)]
        chances = [weight / sum(weights) for weight in weights]
        words = [f"w{word}" for word in random.choice(40, size=9, p=chances)]
        words.append(f"only-{number}")  # known to no model that has not seen the group
        texts.append(LabeledText(LABELS[label], tuple(words), f"family-{number % 35}"))
    return texts


def test_weights_are_those_of_scikit_learn() -> None:
    texts = random_texts()
    guessed = 0
    for group, model in models_without_each_group(texts):
        seen = [text for text in texts if text.group != group]
        count_words = CountVectorizer(analyzer=lambda words: words)
        counts = count_words.fit_transform([text.words for text in seen])
        oracle = MultinomialNB(alpha=1).fit(counts, [text.label for text in seen])
        for text in texts:
            if text.group == group:
                weights = model.weigh_labels(text.words)
                new = count_words.transform([text.words])
                expected = dict(zip(oracle.classes_, oracle.predict_log_proba(new)[0], strict=True))
                total = sum(weights.values())
                assert {k: log(weight / total) for k, weight in weights.items()} == pytest.approx(
                    expected
                )
                guess = max(weights, key=weights.__getitem__)
                assert guess == oracle.predict(new)[0]
                guessed += guess == text.label
    assert 20 < guessed < 65, "neither all nor nothing is guessed, so the comparison says something"


def test_weights_are_exact() -> None:
    model = train_model([LabeledText("a", ("x", "x", "y"), "1"), LabeledText("b", ("y",), "2")])
    # two known words, so one is added to each of two counts: a has 3 + 2 words, b has 1 + 2
    assert model.weigh_labels(["x", "never seen"]) == {"a": Fraction(3, 5), "b": Fraction(1, 3)}


def test_a_group_teaches_nothing_about_itself() -> None:
    texts = [LabeledText("a", ("x",), "1"), LabeledText("b", ("x",), "2")]
    assert {group: set(model.texts) for group, model in models_without_each_group(texts)} == {
        "1": {"b"},
        "2": {"a"},
    }


def test_nothing_is_known_without_texts() -> None:
    assert train_model([]).weigh_labels(["x"]) == {}
