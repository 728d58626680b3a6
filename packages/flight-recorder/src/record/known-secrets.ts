/** Replaces a secret. */
export const MASK = "(masked)";

/** A shorter secret is masked only where it is the whole text: within other texts it would match by chance. */
export const SHORTEST = 6;

/** How many secrets are known, and their characters together; the oldest are forgotten first. */
const MOST = 4096;
const MOST_CHARACTERS = 1024 * 1024;

/** A power of two. */
const SLOTS = 1 << 14;
const FACTOR = 31;
/** The factor of the first character when it leaves the hash. */
const LEAVING = Array.from({ length: SHORTEST }).reduce<number>((power) => Math.imul(power, FACTOR), 1);

/**
 * Secrets of at least {@link SHORTEST} characters, and where they occur in texts. Texts are searched for all of them in one pass, by a
 * rolling hash of the secrets' first characters.
 */
export class KnownSecrets {
  readonly #values = new Set<string>();
  readonly #bySlot = new Map<number, string[]>();
  readonly #counts = new Uint16Array(SLOTS);
  #characters = 0;

  /** No known secret has more characters. */
  longest = 0;

  get size(): number {
    return this.#values.size;
  }

  /** Adds a secret; nothing if it is too short. */
  add(secret: string): void {
    if (secret.length < SHORTEST || secret.length > MOST_CHARACTERS || secret.includes(MASK)) return;
    if (this.#values.delete(secret)) {
      this.#values.add(secret);
      return;
    }
    this.#values.add(secret);
    this.#characters += secret.length;
    this.longest = Math.max(this.longest, secret.length);
    const slot = hash(secret, 0) & (SLOTS - 1);
    // The longest first, so that a token is masked together with its scheme.
    const others = [...(this.#bySlot.get(slot) ?? []), secret].sort((left, right) => right.length - left.length);
    this.#bySlot.set(slot, others);
    this.#counts[slot] = others.length;
    for (const oldest of this.#values) {
      if (this.#values.size <= MOST && this.#characters <= MOST_CHARACTERS) break;
      this.#forget(oldest);
    }
  }

  /** @returns a text with known secrets masked */
  clean(text: string): string {
    if (this.#values.size === 0 || text.length < SHORTEST) return text;
    let cleaned = "";
    let kept = 0;
    let at = 0;
    let rolling = hash(text, 0);
    while (at + SHORTEST <= text.length) {
      const slot = rolling & (SLOTS - 1);
      const secret =
        this.#counts[slot] === 0 ? undefined : this.#bySlot.get(slot)?.find((one) => text.startsWith(one, at));
      if (secret !== undefined) {
        cleaned += text.slice(kept, at) + MASK;
        at += secret.length;
        kept = at;
        rolling = hash(text, at);
      } else {
        rolling =
          (Math.imul(rolling, FACTOR) + text.charCodeAt(at + SHORTEST) - Math.imul(text.charCodeAt(at), LEAVING)) | 0;
        at++;
      }
    }
    return kept === 0 ? text : cleaned + text.slice(kept);
  }

  #forget(secret: string): void {
    this.#values.delete(secret);
    this.#characters -= secret.length;
    const slot = hash(secret, 0) & (SLOTS - 1);
    const others = (this.#bySlot.get(slot) ?? []).filter((one) => one !== secret);
    this.#counts[slot] = others.length;
    if (others.length === 0) this.#bySlot.delete(slot);
    else this.#bySlot.set(slot, others);
  }
}

/** The hash of the characters from a position on. Behind the end of a text it is not used. */
function hash(text: string, at: number): number {
  let value = 0;
  for (let index = at; index < at + SHORTEST; index++) value = (Math.imul(value, FACTOR) + text.charCodeAt(index)) | 0;
  return value;
}
