package graph

import (
	"errors"
	"fmt"
)

// A Length is a number of px along one axis that a network computes from the
// sizes of its own maps: what the arithmetic on shapes in an exported file
// comes to. Px and Side make the leaves, the methods the rest.
type Length struct {
	op   lengthOp
	px   int
	node *Node
	axis int // 0 height, 1 width
	x, y *Length
}

type lengthOp uint8

const (
	fixed lengthOp = iota
	side
	plus
	minus
	times
	quotient
	remainder
	least
	most
)

// Px is a length of n px.
func Px(n int) *Length { return &Length{op: fixed, px: n} }

// Side is the height (axis 0) or width (axis 1) of n.
func Side(n *Node, axis int) *Length { return &Length{op: side, node: n, axis: axis} }

func (l *Length) with(op lengthOp, m *Length) *Length {
	c := &Length{op: op, x: l, y: m}
	if l.op == fixed && m.op == fixed {
		if n, err := c.of(0, 0); err == nil {
			return Px(n)
		}
	}
	return c
}

// Plus, Minus, Times, Least (the smaller) and Most (the larger) are as they
// say. Over rounds towards 0, as ONNX's Div does; Mod is never negative for a
// positive m.
func (l *Length) Plus(m *Length) *Length  { return l.with(plus, m) }
func (l *Length) Minus(m *Length) *Length { return l.with(minus, m) }
func (l *Length) Times(m *Length) *Length { return l.with(times, m) }
func (l *Length) Over(m *Length) *Length  { return l.with(quotient, m) }
func (l *Length) Mod(m *Length) *Length   { return l.with(remainder, m) }
func (l *Length) Least(m *Length) *Length { return l.with(least, m) }
func (l *Length) Most(m *Length) *Length  { return l.with(most, m) }

// Fixed returns l's px where they depend on no node.
func (l *Length) Fixed() (int, bool) { return l.px, l.op == fixed }

// A Term is what a Length is at its top.
type Term struct {
	Op   string // "Px", "Side", or the method that joined X and Y
	Px   int
	Node *Node
	Axis int
	X, Y *Length
}

// Term takes l apart, for those who write it down.
func (l *Length) Term() Term { return Term{lengthOpNames[l.op], l.px, l.node, l.axis, l.x, l.y} }

var lengthOpNames = [...]string{fixed: "Px", side: "Side", plus: "Plus", minus: "Minus", times: "Times",
	quotient: "Over", remainder: "Mod", least: "Least", most: "Most"}

// Eval is l for the shapes of the nodes, by ID.
func (l *Length) Eval(s []Shape) (int, error) {
	switch l.op {
	case fixed:
		return l.px, nil
	case side:
		return length(s[l.node.ID], l.axis), nil
	}
	a, err := l.x.Eval(s)
	if err != nil {
		return 0, err
	}
	b, err := l.y.Eval(s)
	if err != nil {
		return 0, err
	}
	return l.of(a, b)
}

// of is the operation of l on its operands' values; those of fixed operands
// are known already.
func (l *Length) of(a, b int) (int, error) {
	if l.x.op == fixed {
		a = l.x.px
	}
	if l.y.op == fixed {
		b = l.y.px
	}
	switch l.op {
	case plus:
		return a + b, nil
	case minus:
		return a - b, nil
	case times:
		return a * b, nil
	case least:
		return min(a, b), nil
	case most:
		return max(a, b), nil
	}
	if b == 0 {
		return 0, errors.New("a size is divided by 0")
	}
	if l.op == quotient {
		return a / b, nil
	}
	return a - floorDiv(a, b)*b, nil
}

// nodes calls f with every node that l asks for its size.
func (l *Length) nodes(f func(*Node)) {
	switch l.op {
	case fixed:
	case side:
		f(l.node)
	default:
		l.x.nodes(f)
		l.y.nodes(f)
	}
}

func (l *Length) String() string {
	switch l.op {
	case fixed:
		return fmt.Sprint(l.px)
	case side:
		return fmt.Sprintf("%s of %s", [2]string{"height", "width"}[l.axis], l.node.Name)
	case least:
		return fmt.Sprintf("min(%v, %v)", l.x, l.y)
	case most:
		return fmt.Sprintf("max(%v, %v)", l.x, l.y)
	}
	return fmt.Sprintf("(%v %s %v)", l.x, [...]string{plus: "+", minus: "−", times: "·", quotient: "/", remainder: "mod"}[l.op], l.y)
}

// narrowed narrows the lengths f until l divides without a rest.
func (l *Length) narrowed(axis int, f *[]form) error {
	for {
		_, rest, by, err := l.try(axis, *f)
		if err != nil || by == 0 {
			return err
		}
		if _, ok := narrow(*f, rest, by); !ok { // there always is a rest, but let it be one and the same
			t := by / gcd(rest.a, by)
			for i := range *f {
				(*f)[i].a *= t
			}
		}
	}
}

// lengths is each of ls at the lengths f, which it may narrow so that divisions
// leave no rest.
func lengths(axis int, f *[]form, ls ...*Length) ([]form, error) {
	for _, l := range ls {
		if err := l.narrowed(axis, f); err != nil {
			return nil, err
		}
	}
	all := make([]form, len(ls))
	for i, l := range ls {
		var err error
		if all[i], err = l.at(axis, *f); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// at is l at lengths that were narrowed for it.
func (l *Length) at(axis int, f []form) (form, error) {
	x, rest, by, err := l.try(axis, f)
	if err == nil && by != 0 {
		err = fmt.Errorf("%v: %v px divided by %d leave a rest", l, rest, by)
	}
	return x, err
}

// try is l at the lengths f along axis, unless rest has to be narrowed to
// multiples of by first.
func (l *Length) try(axis int, f []form) (x, rest form, by int, err error) {
	switch l.op {
	case fixed:
		return form{0, l.px}, rest, 0, nil
	case side:
		if l.axis != axis {
			return x, rest, 0, fmt.Errorf("the %v sets a length across it", l)
		}
		return f[l.node.ID], rest, 0, nil
	}
	x, rest, by, err = l.x.try(axis, f)
	if err != nil || by != 0 {
		return x, rest, by, err
	}
	y, rest, by, err := l.y.try(axis, f)
	if err != nil || by != 0 {
		return x, rest, by, err
	}
	switch l.op {
	case plus:
		return form{x.a + y.a, x.b + y.b}, rest, 0, nil
	case minus:
		return form{x.a - y.a, x.b - y.b}, rest, 0, nil
	case times:
		if x.a != 0 && y.a != 0 {
			return x, rest, 0, fmt.Errorf("%v is not linear in the input's size", l)
		}
		return form{x.a*y.b + y.a*x.b, x.b * y.b}, rest, 0, nil
	case least, most:
		if (x.a < y.a || x.a == y.a && x.b <= y.b) == (l.op == least) { // for large inputs
			return x, rest, 0, nil
		}
		return y, rest, 0, nil
	}
	if y.a != 0 || y.b <= 0 {
		return x, rest, 0, fmt.Errorf("%v: a size divided by %v px is not linear in the input's size", l, y)
	}
	s := y.b
	switch {
	case x.a%s != 0:
		return x, x, s, nil
	case l.op == remainder:
		return form{0, x.b - floorDiv(x.b, s)*s}, rest, 0, nil
	case x.a == 0:
		return form{0, x.b / s}, rest, 0, nil
	}
	return form{x.a / s, floorDiv(x.b, s)}, rest, 0, nil
}
