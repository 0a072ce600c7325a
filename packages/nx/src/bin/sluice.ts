#!/usr/bin/env node
import { main } from '../cli/main';
import { terminalDesk } from '../cli/terminal';

void main(process.argv.slice(2), terminalDesk()).then((code) => {
  process.exitCode = code; // not exit(): what was said may not be written yet
});
