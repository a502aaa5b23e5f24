// Stays open and answers each line of input, a page as a JSON string, with a line of its faults as JSON.
import { createInterface } from "node:readline";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const checker = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:recommended", "html-validate:a11y"],
    rules: {
      // How a tag is written down is the templates' own taste; what it means is not.
      "attr-quotes": "off",
      "doctype-style": "off",
      "no-trailing-whitespace": "off",
      "no-inline-style": "error",
      "void-style": "off",
      // A title names the page first and the site last; its length is the author's.
      "long-title": "off",
      // Names such as `case:step` are field names here, not identifiers of a script.
      "form-dup-name": ["error", { shared: ["radio", "checkbox", "submit", "button", "hidden"] }],
    },
  }),
);

for await (const line of createInterface({ input: process.stdin })) {
  const report = await checker.validateString(JSON.parse(line));
  const faults = report.results.flatMap((result) =>
    result.messages.map((m) => `line ${m.line}, column ${m.column}: ${m.message} (${m.ruleId})`),
  );
  process.stdout.write(`${JSON.stringify(faults)}\n`);
}
