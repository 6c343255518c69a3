// The HTML validator that every page a test renders must pass. What is switched off is a matter of taste or not decided by markup.
import { HtmlValidate } from 'html-validate';

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:document', 'html-validate:a11y'],
  rules: {
    // Style of source text: templates are written to be read, not to please a formatter.
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'doctype-style': 'off',
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'void-style': 'off',
    'require-sri': 'off',
    // Boxes of a selection share their name by intent.
    'form-dup-name': ['error', { shared: ['radio', 'submit', 'reset', 'button', 'checkbox'] }],
  },
});

/** Messages with line and rule; empty for a valid document. */
export async function faultsOf(document: string): Promise<string[]> {
  const report = await validator.validateString(document);
  return report.results.flatMap(({ messages }) => messages.map(({ line, ruleId, message }) => `${line}: ${ruleId}: ${message}`));
}
