// Tests of ECGReport.
