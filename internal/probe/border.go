package probe

import "unetbench/internal/metric"

// border compares the mean output near the ends of the strips, which are the
// borders of an image to the network, with that in between.
func (p *prober) border() {
	if !p.legal {
		return
	}
	bins := len(metric.DistanceBins)
	var sum [][]float64 // by channel and bin
	n := make([]int, bins)
	for axis, strips := range p.strips {
		for _, s := range strips {
			if sum == nil {
				sum = make([][]float64, s.whole.C)
				for c := range sum {
					sum[c] = make([]float64, bins)
				}
			}
			rows := along(s.whole.Size(), axis)
			area := s.whole.H * s.whole.W
			for r := range rows {
				b := metric.DistanceBin(min(r, rows-1-r))
				n[b] += along(s.whole.Size(), 1-axis)
				eachInRow(s.whole, axis, r, func(j int) { sum[j/area][b] += float64(s.whole.Pix[j]) })
			}
		}
	}
	from := 0
	for b := range bins - 1 {
		band := BorderBand{From: from, To: metric.DistanceEnds[b]}
		from = band.To
		if n[b] == 0 || n[bins-1] == 0 {
			continue
		}
		for c := range sum {
			band.Mean = append(band.Mean, (sum[c][b]/float64(n[b])-sum[c][bins-1]/float64(n[bins-1]))/p.sd)
		}
		p.result.Border = append(p.result.Border, band)
	}
}
