package probe

import "unetbench/internal/tile"

func (p *prober) recommend(tile.Geometry) error { return nil }
