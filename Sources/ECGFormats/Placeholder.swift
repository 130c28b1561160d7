// The module ECGFormats.
