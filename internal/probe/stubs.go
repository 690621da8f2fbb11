package probe

func (p *prober) tilers() error { return nil }
