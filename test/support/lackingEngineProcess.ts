// The real process of a guarded engine, which knows of operations that it lacks.
import './missingOperations';
import '../../src/backend/engine/guarded/process';
