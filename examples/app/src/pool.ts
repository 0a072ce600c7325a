/** Keeps up to `size` connections open and lends each to one piece of work at a time; further work queues. */
export class Pool<Connection extends object> {
  readonly #idle: Connection[] = [];
  readonly #queue: (() => void)[] = [];
  #busy = 0;
  #open = 0;
  #broken = false;

  constructor(
    private readonly size: number,
    private readonly connect: () => Promise<Connection>,
  ) {}

  /** Connections open now, lent or idle. They open as work needs them, and stay. */
  get open(): number {
    return this.#open;
  }

  /** Connections lent now, or being opened. */
  get busy(): number {
    return this.#busy;
  }

  /** Whether the last attempt to open a connection failed. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Runs `work` with a connection of its own. Rejects as `connect` or `work` does. */
  async use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    await this.#takeTurn();
    try {
      const connection = this.#idle.pop() ?? (await this.#openOne());
      try {
        return await work(connection);
      } finally {
        this.#idle.push(connection);
      }
    } finally {
      this.#passTurn();
    }
  }

  async #openOne(): Promise<Connection> {
    try {
      const connection = await this.connect();
      this.#open += 1;
      this.#broken = false;
      return connection;
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }

  #takeTurn(): Promise<void> {
    if (this.#busy === this.size) return new Promise((resolve) => this.#queue.push(resolve));
    this.#busy += 1;
    return Promise.resolve();
  }

  #passTurn(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#busy -= 1;
    else next();
  }
}
