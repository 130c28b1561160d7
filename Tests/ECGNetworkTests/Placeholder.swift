// Tests of ECGNetwork.
