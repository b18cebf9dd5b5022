// What every screen must be: free of what axe finds, nothing wider than the screen, and every target
// at least 44 px high and wide.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { within } from './browser';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

// One line for each thing that is wrong; none when all is well.
export async function faultsOf(page: Page): Promise<readonly string[]> {
  await within('axe loads', page.evaluate(axeSource));
  const violations = await within(
    'axe runs',
    page.evaluate(async () => {
      const axe = Reflect.get(globalThis, 'axe');
      const result = await axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      });
      return result.violations.map(
        (one: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
          `${one.id}: ${one.nodes
            .slice(0, 6)
            .map((node) => `${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 200)}`)
            .join(' | ')}`,
      ) as string[];
    }),
    30_000,
  );
  const measured = await within('targets are measured', page.evaluate(measure));
  return [...violations, ...measured];
}

function measure(): string[] {
  const faults: string[] = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    faults.push(`wider than the screen: ${root.scrollWidth} > ${root.clientWidth}`);
  }
  const dialog = document.querySelector('dialog[open]');
  const targets = (dialog ?? document).querySelectorAll(
    'button, a[href], select, input, textarea, summary',
  );
  for (const target of targets) {
    const label = target.closest('label');
    const box = (label ?? target).getBoundingClientRect();
    const style = getComputedStyle(target);
    if (box.width === 0 || style.visibility === 'hidden' || target.matches('.skip')) continue;
    // The boxes are laid out in fractions of a pixel.
    if (box.height < 43.5 || box.width < 43.5) {
      const name = target.getAttribute('aria-label') ?? target.textContent ?? '';
      faults.push(
        `smaller than 44 px: ${target.tagName} "${name.slice(0, 40)}" ${Math.round(box.width)}x${Math.round(box.height)}`,
      );
    }
  }
  return faults;
}
