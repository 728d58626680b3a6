/** What has been received in an exchange, and who waits for it. */
export class Inbox {
  #received = Buffer.of();
  #at = 0;
  #ended = false;
  readonly #waiting = new Set<() => void>();

  add(bytes: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    this.#tell();
  }

  /** Nothing more comes. */
  end(): void {
    this.#ended = true;
    this.#tell();
  }

  get bytes(): Buffer {
    return this.#received;
  }

  get text(): string {
    return this.#received.toString("latin1");
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Waits until the bytes have come, after those that were found before, or nothing more comes. */
  async find(bytes: Uint8Array | RegExp): Promise<void> {
    if (bytes instanceof RegExp) return this.until(() => bytes.test(this.text.slice(this.#at)));
    await this.until(() => this.#received.indexOf(bytes, this.#at) >= 0);
    const at = this.#received.indexOf(bytes, this.#at);
    if (at >= 0) this.#at = at + bytes.length;
  }

  /** Waits until the bytes have come at all, or nothing more comes. */
  has(bytes: Uint8Array): Promise<void> {
    return this.until(() => this.#received.indexOf(bytes) >= 0);
  }

  /** Waits until a condition of what is received holds, or nothing more comes. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.#ended && !holds()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look();
  }
}

/** The two sides of an exchange, each with what it has received in all. */
export interface Scene {
  readonly client: Inbox;
  readonly upstream: Inbox;
}
