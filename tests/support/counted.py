"""A page on which every click, every choice and every filled field is counted."""

from playwright.sync_api import Locator, Page


class Counted:
    """A page that counts what somebody does on it."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, name: str, *, inside: Locator | None = None) -> None:
        """Press a button, or follow a link."""
        self.count += 1
        within: Page | Locator = inside or self.page
        both = within.get_by_role("button", name=name).or_(within.get_by_role("link", name=name))
        with self.page.expect_navigation():
            both.first.click()

    def fill(self, label: str, text: str, *, inside: Locator | None = None) -> None:
        """Fill in a field."""
        self.count += 1
        within: Page | Locator = inside or self.page
        within.get_by_label(label).first.fill(text)

    def choose(self, question: str, answer: str) -> None:
        """Choose an answer."""
        self.count += 1
        self.page.get_by_role("group", name=question).get_by_text(answer).first.click()

    def select(self, label: str, answer: str, *, inside: Locator | None = None) -> None:
        """Choose an answer from a list."""
        self.count += 1
        within: Page | Locator = inside or self.page
        within.get_by_label(label).first.select_option(label=answer)

    def begin_again(self) -> None:
        """Count from nothing."""
        self.count = 0
