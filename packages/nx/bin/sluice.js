#!/usr/bin/env node
// npm links a bin only if its file is there when it installs, which is before this workspace builds.
// An agent waits for its hook at every prompt, so that one is a bundle of its own, of only what it needs (ADR 10).
const [, , verb, ...others] = process.argv;
require(verb === 'hook' && others.length === 0 ? '../dist/hook/cli/activation/hook-bin.js' : '../dist/bin/sluice.js');
