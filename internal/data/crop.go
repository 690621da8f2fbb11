package data

// FieldOfView is e without what is known around its field of view.
func (e *Example) FieldOfView() Example {
	if e.Margin == 0 {
		return *e
	}
	out := e.part("", 0, 0, e.H, e.W)
	out.Name = e.Name
	return out
}

// WithMargin returns e, or a smaller window cut from its middle, with at least
// margin px of true context around a field of view of at least side px; false
// where e is too small for that. The image is standardised before it is cut,
// so both show the same values.
func (e *Example) WithMargin(margin, side int) (Example, bool) {
	cut := margin - e.Margin
	switch {
	case cut <= 0:
		return *e, min(e.H, e.W) >= side
	case min(e.H, e.W)-2*cut < side:
		return Example{}, false
	}
	out := e.part("", cut, cut, e.H-2*cut, e.W-2*cut) // for its labels
	out.Name, out.Image, out.Margin = e.Name, e.Image, margin
	return out, true
}
