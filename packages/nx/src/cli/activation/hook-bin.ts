import { hookTerminal } from './hook-terminal';
import { runHook } from './run-hook';

void runHook(hookTerminal());
