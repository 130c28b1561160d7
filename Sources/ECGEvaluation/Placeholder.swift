// The module ECGEvaluation.
