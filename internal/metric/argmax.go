package metric

// Argmax returns the class of largest logit at each pixel of logits, channel by
// channel; a tie goes to the lower class, so that two logits must differ to be
// foreground.
func Argmax(logits []float32, channels int) []uint8 {
	n := len(logits) / channels
	class := make([]uint8, n)
	best := append([]float32(nil), logits[:n]...)
	for c := 1; c < channels; c++ {
		for i, v := range logits[c*n : (c+1)*n] {
			if v > best[i] {
				best[i], class[i] = v, uint8(c)
			}
		}
	}
	return class
}
