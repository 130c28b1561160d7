// Tests of ECGDatasets.
