package probe

func (p *prober) artifacts() error { return nil }
func (p *prober) tilers() error    { return nil }
