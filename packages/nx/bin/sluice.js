#!/usr/bin/env node
// npm links a bin only if its file is there when it installs, which is before this workspace builds
require('../dist/bin/sluice.js');
