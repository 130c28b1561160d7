// The plain engine.
