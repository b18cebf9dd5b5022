// A page: its header with the one heading, and a part that scrolls and remembers where it was.

import { Component, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import type { Loaded } from '../../app/contract';
import { say } from '../../words/say';
import { HeaderChip } from './header-chip';
import { Icon } from './icons';

// Where each page was scrolled to, for as long as the app is open.
const scrolledTo = new Map<string, number>();

export function useKeptScroll(part = '') {
  const [path] = useLocation();
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef(false);
  const key = `${path} ${part}`;
  useLayoutEffect(() => {
    const scroller = element.current;
    if (!scroller) return;
    // A part that was just drawn is at its top; setting that would have the whole page laid out at once.
    const at = scrolledTo.get(key) ?? 0;
    if (at > 0 || drawn.current) scroller.scrollTop = at;
    drawn.current = true;
    const keep = () => scrolledTo.set(key, scroller.scrollTop);
    scroller.addEventListener('scroll', keep, { passive: true });
    return () => scroller.removeEventListener('scroll', keep);
  }, [key]);
  return element;
}

export function PageHeader({
  title,
  subtitle,
  back,
  children,
  chip = true,
  compact = false,
}: {
  readonly title: string;
  readonly subtitle?: ReactNode;
  // Where back goes, and what that place is called.
  readonly back?: { readonly to: string; readonly place: string };
  readonly children?: ReactNode;
  readonly chip?: boolean;
  // Beside other chips: the header chip as a number.
  readonly compact?: boolean;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [path] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path is what moves the focus.
  useEffect(() => {
    if (document.querySelector('dialog[open]')) return;
    heading.current?.focus({ preventScroll: true });
  }, [path]);
  useEffect(() => {
    document.title = `${title} · Halfterm`;
  }, [title]);
  return (
    <header className="top">
      {back && (
        <Link
          href={back.to}
          className="button icon"
          aria-label={say('common.backTo', { place: back.place })}
        >
          <Icon name="back" />
        </Link>
      )}
      <div className="titles">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {subtitle && <p className="second muted">{subtitle}</p>}
      </div>
      <div className="actions">
        {chip && <HeaderChip compact={compact} />}
        {children}
      </div>
    </header>
  );
}

export function Page({
  title,
  subtitle,
  back,
  actions,
  aside,
  narrow = false,
  children,
}: {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly back?: { readonly to: string; readonly place: string };
  readonly actions?: ReactNode;
  // The pane beside the page (below it on a narrow tablet), named by its own heading.
  readonly aside?: ReactNode;
  readonly narrow?: boolean;
  readonly children: ReactNode;
}) {
  const scroller = useKeptScroll();
  return (
    <>
      <PageHeader title={title} subtitle={subtitle} {...(back ? { back } : {})}>
        {actions}
      </PageHeader>
      <div className={`panes ${aside ? 'with-aside' : ''}`} ref={scroller}>
        <main id="page" tabIndex={-1} className={`body ${narrow ? 'narrow' : ''}`}>
          <Part>{children}</Part>
        </main>
        {aside && (
          <aside className="aside">
            <Part>{aside}</Part>
          </aside>
        )}
      </div>
    </>
  );
}

// One part of a page that could not be shown takes nothing else with it.
export class Part extends Component<{ readonly children: ReactNode }, { readonly failed: string }> {
  override state = { failed: '' };

  static getDerivedStateFromError(error: unknown) {
    return { failed: error instanceof Error ? error.name : 'Error' };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return <PartFailed code={this.state.failed} again={() => this.setState({ failed: '' })} />;
  }
}

export function PartFailed({ code, again }: { readonly code: string; readonly again: () => void }) {
  return (
    <div className="notice" role="alert">
      <Icon name="warning" />
      <div className="column tight">
        <p>{say('common.partFailed')}</p>
        <div className="row">
          <button type="button" className="small" onClick={again}>
            {say('common.showAgain')}
          </button>
          <span className="small muted">{say('common.code', { code })}</span>
        </div>
      </div>
    </div>
  );
}

// What is loaded, or the words for why it is not.
export function Shown<T>({
  loaded,
  children,
}: {
  readonly loaded: Loaded<T>;
  readonly children: (value: T) => ReactNode;
}) {
  switch (loaded.kind) {
    case 'ready':
      return children(loaded.value);
    case 'nothing':
      return <p className="empty">{say('common.nothing')}</p>;
    case 'failed':
      return <PartFailed code={loaded.code} again={() => location.reload()} />;
    default:
      return <Skeleton />;
  }
}

// Lines that appear only when a page takes longer than 300 ms.
export function Skeleton() {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{say('common.loading')}</span>
      <i />
      <i />
      <i />
    </div>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <div className="empty">{children}</div>;
}
