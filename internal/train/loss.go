package train

import (
	"math"

	"unetbench/graph"
)

// crossEntropy is the sum, over the out×out px in the centre of the logits z
// (classes×H×W), of -ln softmax(z)[label] times the pixel's weight, in nats. It
// writes scale times its gradient into the same pixels of dz, which has z's
// shape, and leaves the others alone: they are not supervised. The result is NaN
// if any supervised logit is NaN or infinite, also where that would cost nothing.
func crossEntropy(z, dz *graph.Map, labels []uint8, weights []float32, out int, scale float32) float64 {
	top, left := (z.H-out)/2, (z.W-out)/2
	sum := 0.0
	for y := range out {
		from := (top+y)*z.W + left
		row, weight := labels[y*out:(y+1)*out], weights[y*out:(y+1)*out]
		if z.C == 2 {
			sum += binaryRow(z.Plane(0)[from:][:out], z.Plane(1)[from:][:out],
				dz.Plane(0)[from:][:out], dz.Plane(1)[from:][:out], row, weight, scale)
		} else {
			sum += classesRow(z, dz, from, row, weight, scale)
		}
	}
	return sum
}

// binaryRow is crossEntropy over one row of two classes. With d = z1 - z0 the
// loss is ln(1+e^-d) for label 1 and ln(1+e^d) for label 0.
func binaryRow(z0, z1, g0, g1 []float32, labels []uint8, weights []float32, scale float32) float64 {
	n := len(labels)
	z0, z1, g0, g1, weights = z0[:n], z1[:n], g0[:n], g1[:n], weights[:n]
	var sum float64
	var broken float32 // becomes NaN at the first logit that is not finite
	for i, label := range labels {
		d := z1[i] - z0[i]
		broken += float32(d * 0)
		// No branches: labels and errors are hard to predict where it matters.
		flip := uint32(label) << 31
		bits := math.Float32bits(d) ^ flip
		a := math.Float32frombits(bits) // how far the logits favour the wrong class
		e := expNegative(-abs(a))
		sum += float64(weights[i] * (log1pUnit(e) + (a+abs(a))/2))
		favoured := float32(1 - bits>>31)                                   // 1 where a > 0
		wrong := float32(abs(favoured-e/(1+e)) * float32(scale*weights[i])) // the wrong class's probability
		g := math.Float32frombits(math.Float32bits(wrong) ^ flip)
		g0[i], g1[i] = -g, g
	}
	return sum + float64(broken)
}

// classesRow is crossEntropy over one row of any number of classes, whose
// pixels start at offset from in every plane.
func classesRow(z, dz *graph.Map, from int, labels []uint8, weights []float32, scale float32) float64 {
	plane := z.H * z.W
	var sum float64
	var broken float32
	for i, label := range labels {
		at := from + i
		top := z.Pix[at]
		for c := 1; c < z.C; c++ {
			top = max(top, z.Pix[at+c*plane])
		}
		var total float32
		for c := range z.C {
			j := at + c*plane
			e := expNegative(z.Pix[j] - top)
			dz.Pix[j] = e
			total += e
			broken += float32(z.Pix[j] * 0)
		}
		own := at + int(label)*plane
		sum += float64(float64(weights[i]) * (math.Log(float64(total)) + float64(top-z.Pix[own])))
		pull := float32(scale * weights[i])
		for c := range z.C {
			j := at + c*plane
			dz.Pix[j] = float32(dz.Pix[j]/total) * pull
		}
		dz.Pix[own] -= pull
	}
	return sum + float64(broken)
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }
