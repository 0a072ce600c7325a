/** What a verb of the bin works with: where it was started, and who reads and answers. */
export interface Desk {
  cwd: string;
  say(line: string): void;
  /** What goes wrong, and what help there is to it. */
  warn(text: string): void;
  /** `null` where nobody can answer. */
  confirm: ((question: string) => Promise<boolean>) | null;
}
