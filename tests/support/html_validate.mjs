// Stays open and answers each line of input, a page as a JSON string, with a line of its faults as JSON.
import { createInterface } from "node:readline";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const checker = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
    rules: {
      // How a tag is written down is the templates' own taste; what it means is not.
      "attr-quotes": "off",
      "doctype-style": "off",
      "no-trailing-whitespace": "off",
      "void-style": "off",
      // Everything is served from here; integrity is asked of what comes from elsewhere.
      "require-sri": ["error", { target: "crossorigin" }],
      // A title names the page first and the site last; its length is the author's.
      "long-title": "off",
      // Forms share names between their buttons and choices, as browsers allow.
      "form-dup-name": ["error", { shared: ["radio", "checkbox", "submit", "button"] }],
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
