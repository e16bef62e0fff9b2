// Stands in bundles for what they bring and never reach. In the extension's: the language client's check of VS Code's
// version, which package.json's `engines` makes already, and the patterns of file operations, which our server does not ask
// for. In the backend's: node-fetch, with which TensorFlow.js would load models.
module.exports = () => true;
