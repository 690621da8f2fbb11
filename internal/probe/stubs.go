package probe

func (p *prober) causes() error    { return nil }
func (p *prober) artifacts() error { return nil }
func (p *prober) tilers() error    { return nil }
