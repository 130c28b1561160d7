/// Placeholder header.
