// The module ECGPretext.
