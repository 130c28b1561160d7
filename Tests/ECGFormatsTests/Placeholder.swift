// Tests of ECGFormats.
