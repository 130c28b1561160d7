// Tests of ECGEvaluation.
