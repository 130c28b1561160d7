// Tests of ECGPretext.
