import { type Code, STATUS } from '../../errors';
import { escapeHtml } from '../../html';
import { MEANING } from '../problems';

/**
 * Every code with its status, title and advice: what a problem's `type` points to.
 *
 * @param template `problems.html`
 */
export function problemsPage(template: string): string {
  const entries = (Object.keys(STATUS) as Code[]).map((code) => {
    const [title, advice] = MEANING[code].map(escapeHtml);
    return `<dt id="${code}"><code>${code}</code> ${STATUS[code]}</dt>\n<dd><b>${title}.</b> ${advice}</dd>`;
  });
  return template.replace('<!-- {{problems}} -->', () => entries.join('\n'));
}
