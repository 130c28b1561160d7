// The module ECGReport.
