// Tests of ECGEmotion.
