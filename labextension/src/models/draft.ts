import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { AssetKind, ICheck, IDraft } from '../api/ocean';
import { KINDS, checkDraft } from '../api/ocean';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** The form, a part at a time. */
export const STEPS = ['what', 'about', 'access', 'price', 'preview'] as const;
export type DraftStep = (typeof STEPS)[number];

/** How long typing has to rest before the server is asked. */
const TYPING_MS = 350;

/** What is wrong with a field, as far as this page can tell; the server may say more. */
export type FieldProblem =
  | { readonly kind: 'empty' }
  | { readonly kind: 'short'; readonly limit: number }
  | { readonly kind: 'long'; readonly limit: number }
  | { readonly kind: 'many'; readonly limit: number }
  | { readonly kind: 'not-a-price' }
  | { readonly kind: 'decimals'; readonly limit: number }
  | { readonly kind: 'free-price' }
  | { readonly kind: 'huge-price' }
  | { readonly kind: 'not-an-address'; readonly text: string }
  | { readonly kind: 'not-a-link' }
  | { readonly kind: 'said'; readonly text: string };

/** Which part of the form a field is in; others are told at its end. */
const STEP_OF: Readonly<Record<string, DraftStep>> = {
  path: 'what',
  kind: 'what',
  title: 'what',
  description: 'about',
  author: 'about',
  license: 'about',
  tags: 'about',
  sample: 'about',
  timeout_s: 'access',
  template: 'access',
  allow: 'access',
  price: 'price',
  agree_public_cid: 'price'
};

/** The limits of DDO 4.7.0, lengths in characters. */
const LENGTHS: readonly (readonly [
  'title' | 'description' | 'author' | 'license',
  number,
  number
])[] = [
  ['title', 4, 512],
  ['description', 10, 7000],
  ['author', 1, 256],
  ['license', 1, 256]
];
const MAX_TAGS = 64;
const MAX_TAG = 256;
const MAX_LINK = 512;
/** Ocean's base tokens have 18. */
const MAX_DECIMALS = 18;
/** More is a slip of the finger. */
const MAX_PRICE_DIGITS = 15;

/** A draft that nobody has filled in. */
export function newDraft(
  key: string,
  path: string,
  title: string,
  kind: AssetKind
): IDraft {
  return {
    key,
    path,
    title,
    description: '',
    author: '',
    license: 'CC-BY-4.0',
    tags: [],
    kind,
    price: null,
    timeout_s: 0,
    template: 2,
    allow: [],
    sample: null,
    agree_public_cid: false
  };
}

/** What something is most likely to be sold as, by what it is and what it is called. */
export function guessKind(kind: string, name: string): AssetKind {
  const lower = name.toLowerCase();
  if (kind === 'notebook' || lower.endsWith('.ipynb')) {
    return 'notebook';
  }
  if (
    /\.(skops|safetensors|onnx|pt|pth|pkl|joblib|h5|keras|gguf|tflite)$/.test(
      lower
    ) ||
    /\bmodel\b/.test(lower)
  ) {
    return 'model';
  }
  return /\.(py|r|jl|js|sh|go|rs)$/.test(lower) ? 'algorithm' : 'dataset';
}

/** A title from a name: without its extension, and words instead of dashes. */
export function titleFromName(name: string): string {
  return name.replace(/\.[a-z0-9]{1,8}$/i, '').replace(/[_-]+/g, ' ');
}

/** Tags as they were typed; each once, lower case, without `#`. */
export function parseTags(text: string): string[] {
  const tags = text
    .split(/[,\n]/)
    .map(tag => tag.trim().replace(/^#/, '').toLowerCase())
    .filter(tag => tag !== '');
  return [...new Set(tags)];
}

/** What this page can tell is wrong, by field. */
export function problemsOf(
  draft: IDraft
): Readonly<Record<string, FieldProblem>> {
  const problems: Record<string, FieldProblem> = {};
  if (draft.path.trim() === '') {
    problems['path'] = { kind: 'empty' };
  }
  for (const [field, least, most] of LENGTHS) {
    // Characters as the server counts them.
    const length = Array.from(draft[field].trim()).length;
    if (length === 0) {
      problems[field] = { kind: 'empty' };
    } else if (length < least) {
      problems[field] = { kind: 'short', limit: least };
    } else if (length > most) {
      problems[field] = { kind: 'long', limit: most };
    }
  }
  if (draft.tags.length > MAX_TAGS) {
    problems['tags'] = { kind: 'many', limit: MAX_TAGS };
  } else if (draft.tags.some(tag => tag.length > MAX_TAG)) {
    problems['tags'] = { kind: 'long', limit: MAX_TAG };
  }
  if (draft.sample !== null) {
    if (!/^https:\/\/[^\s/]+/.test(draft.sample)) {
      problems['sample'] = { kind: 'not-a-link' };
    } else if (draft.sample.length > MAX_LINK) {
      problems['sample'] = { kind: 'long', limit: MAX_LINK };
    }
  }
  const wrong = draft.allow.find(text => !/^0x[0-9a-f]{40}$/i.test(text));
  if (wrong !== undefined) {
    problems['allow'] = { kind: 'not-an-address', text: wrong };
  }
  const price = draft.price === null ? null : priceProblem(draft.price);
  if (price !== null) {
    problems['price'] = price;
  }
  return problems;
}

/** What is wrong with a price as it was typed. */
export function priceProblem(text: string): FieldProblem | null {
  const trimmed = text.trim();
  if (trimmed === '') {
    return { kind: 'empty' };
  }
  const parts = /^(\d+)(?:\.(\d+))?$/.exec(trimmed);
  if (parts === null) {
    return { kind: 'not-a-price' };
  }
  const [, whole, decimals = ''] = parts;
  if (decimals.replace(/0+$/, '').length > MAX_DECIMALS) {
    return { kind: 'decimals', limit: MAX_DECIMALS };
  }
  if (whole.replace(/^0+/, '').length > MAX_PRICE_DIGITS) {
    return { kind: 'huge-price' };
  }
  return /[1-9]/.test(trimmed) ? null : { kind: 'free-price' };
}

/** Where drafts are kept, so that closing loses nothing. */
export interface IDraftStore {
  save(saved: ISavedDraft): Promise<void>;
  remove(key: string): Promise<void>;
}

/** A draft, and how far it had come. */
export interface ISavedDraft {
  readonly draft: IDraft;
  /** The job that publishes it, if one was started. */
  readonly job: string | null;
}

/** Read a draft that was saved, perhaps by another version. */
export function asSavedDraft(value: unknown): ISavedDraft | null {
  const saved = value as Partial<ISavedDraft> | null | undefined;
  const draft = saved?.draft as Partial<IDraft> | undefined;
  if (typeof draft?.key !== 'string' || typeof draft.path !== 'string') {
    return null;
  }
  const { key, path, title = '', kind = 'dataset' } = draft;
  return {
    draft: {
      ...newDraft(key, path, title, 'dataset'),
      ...draft,
      kind: KINDS.includes(kind) ? kind : 'dataset'
    },
    job: typeof saved?.job === 'string' ? saved.job : null
  };
}

/**
 * What somebody is about to publish: kept as it is typed, and checked by the server.
 */
export class DraftModel {
  /**
   * @param draft - As it was left, or a new one.
   * @param settings - The connection to the Jupyter server.
   * @param store - Keeps it.
   */
  constructor(
    draft: IDraft,
    private readonly settings: ServerConnection.ISettings,
    private readonly store: IDraftStore
  ) {
    this.current = draft;
    this.checkSoon();
  }

  get draft(): IDraft {
    return this.current;
  }

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** What the server has said of the draft as it is; `null` while it is asked. */
  get check(): ICheck | null {
    return this.checked === this.current ? this.answer : null;
  }

  /** What it said last, perhaps of an earlier state. */
  get lastCheck(): ICheck | null {
    return this.answer;
  }

  /** Why it could not be asked. */
  get failure(): IProblem | null {
    return this.currentFailure;
  }

  get step(): DraftStep {
    return this.currentStep;
  }

  /** Whether somebody has been at a field: what is empty is wrong only then. */
  isTouched(field: string): boolean {
    return this.touched.has(field);
  }

  /** Somebody has left a field. */
  touch(field: string): void {
    if (!this.touched.has(field)) {
      this.touched.add(field);
      this.changedSignal.emit();
    }
  }

  /** What is wrong, by field. */
  get problems(): Readonly<Record<string, FieldProblem>> {
    const local = problemsOf(this.current);
    const said = Object.entries(this.answer?.problems ?? {})
      // Of what has changed since, only the new answer tells.
      .filter(([field]) => !this.changedSince.has(field))
      .map(([field, text]) => [field, { kind: 'said', text } as const]);
    return {
      ...(Object.fromEntries(said) as Record<string, FieldProblem>),
      ...local
    };
  }

  /** What is wrong in a part of the form; what belongs nowhere is told at its end. */
  problemsIn(step: DraftStep): readonly (readonly [string, FieldProblem])[] {
    return Object.entries(this.problems).filter(
      ([field]) => (STEP_OF[field] ?? 'preview') === step
    );
  }

  /** Whether all parts before one are in order. */
  canReach(step: DraftStep): boolean {
    return STEPS.slice(0, STEPS.indexOf(step)).every(
      each => this.problemsIn(each).length === 0
    );
  }

  change(change: Partial<IDraft>): void {
    this.current = { ...this.current, ...change };
    for (const field of Object.keys(change)) {
      this.touched.add(field);
      this.changedSince.add(field);
      if (field === 'price') {
        // Whether a public CID matters depends on it.
        this.changedSince.add('agree_public_cid');
      }
    }
    this.changedSignal.emit();
    void this.store.save({ draft: this.current, job: null });
    this.checkSoon();
  }

  goTo(step: DraftStep): void {
    if (this.canReach(step)) {
      this.currentStep = step;
      this.changedSignal.emit();
    }
  }

  /** Ask the server, and ask it again if the draft has changed meanwhile. */
  async ask(): Promise<void> {
    clearTimeout(this.timer);
    if (this.current.path.trim() === '' || this.isDisposed) {
      return;
    }
    if (this.isAsking) {
      // The server reads all of the content for it: one at a time.
      this.isStale = true;
      return;
    }
    const { current } = this;
    this.isAsking = true;
    this.isStale = false;
    try {
      const answer = await checkDraft(current, this.settings);
      this.answer = answer;
      this.currentFailure = null;
      if (current === this.current) {
        this.changedSince.clear();
      }
    } catch (error) {
      this.currentFailure = problemOf(error);
      this.answer = null;
    }
    this.isAsking = false;
    this.checked = current;
    this.changedSignal.emit();
    await this.askAgain();
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
    Signal.clearData(this);
  }

  /** What was changed while the server was asked has to be asked for, too. */
  private async askAgain(): Promise<void> {
    if (this.isStale) {
      await this.ask();
    }
  }

  private checkSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), TYPING_MS);
  }

  private current: IDraft;
  private currentStep: DraftStep = 'what';
  private answer: ICheck | null = null;
  private checked: IDraft | null = null;
  private currentFailure: IProblem | null = null;
  private isDisposed = false;
  private isAsking = false;
  private isStale = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly touched = new Set<string>();
  private readonly changedSince = new Set<string>();
  private readonly changedSignal = new Signal<this, void>(this);
}
