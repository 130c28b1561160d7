// The module ECGDatasets.
