package probe

// artifacts measures what the network does to an image in one piece already.
func (p *prober) artifacts() error {
	if err := p.checkerboard(); err != nil {
		return err
	}
	if err := p.shifts(); err != nil {
		return err
	}
	p.border()
	return p.places()
}
