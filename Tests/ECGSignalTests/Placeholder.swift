// Tests of ECGSignal.
