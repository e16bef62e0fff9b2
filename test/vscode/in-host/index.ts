// The in-host tests: they call the `vscode` API inside a real extension host. Add a file here when you add one.
// In this order: the first looks at a fresh extension, the last kills its backend.
import './activation.test';
import './manifest.test';
import './flow.test';
import './badInput.test';
import './restart.test';
