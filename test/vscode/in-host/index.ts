// The in-host tests: they call the `vscode` API inside a real extension host. Add a file here when you add one.
import './manifest.test';
