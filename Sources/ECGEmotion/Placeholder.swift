// The module ECGEmotion.
