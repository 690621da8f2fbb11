package main

import "fmt"

// A vec is a vector register.
type vec int

func (v vec) String() string { return fmt.Sprint("F", int(v)) }

// lanes is how many numbers of a vector register an instruction works on: 4, 2
// or 1. The rounding is the same for each.
type lanes int

func (l lanes) bytes() int { return 4 * int(l) }

// move is the name of the instruction that loads and stores.
func (l lanes) move() string { return map[lanes]string{4: "FMOVQ", 2: "FMOVD", 1: "FMOVS"}[l] }

// form ends the name of a register: V3.4S.
func (l lanes) form(v vec) string {
	if l == 1 {
		return fmt.Sprint("S", int(v))
	}
	return fmt.Sprintf("V%d.%dS", int(v), int(l))
}

// codes are those of an instruction on 4, 2 and 1 lanes with all registers 0.
type codes map[lanes]uint32

var (
	fmlaElement = codes{4: 0x4f801000, 2: 0x0f801000, 1: 0x5f801000}
	fmax        = codes{4: 0x4e20f400, 2: 0x0e20f400, 1: 0x1e204800}
)

// three writes an instruction of three registers, d = n op m, in Arm's order.
func (w *writer) three(name string, c codes, l lanes, d, n, m vec) {
	w.word(c[l]|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s %s, %s, %s", name, l.form(d), l.form(n), l.form(m))
}

// multiplyAdd adds x times the first lane of a to sum, rounding once.
func (w *writer) multiplyAdd(l lanes, sum, x, a vec) {
	w.word(fmlaElement[l]|uint32(a)<<16|uint32(x)<<5|uint32(sum),
		"FMLA %s, %s, V%d.S[0]", l.form(sum), l.form(x), int(a))
}

// vectors loads or stores neighbouring vectors, two by two where they are whole.
func (w *writer) vectors(l lanes, memory reg, store bool, v ...vec) {
	for i := 0; i < len(v); i++ {
		at, name, regs := memory.at(i*l.bytes()), l.move(), v[i].String()
		if l == 4 && i+1 < len(v) {
			name, regs = "FLDPQ", fmt.Sprintf("(%v, %v)", v[i], v[i+1])
			if store {
				name = "FSTPQ"
			}
			i++
		}
		if store {
			w.op(name, regs, at)
		} else {
			w.op(name, at, regs)
		}
	}
}

// broadcast loads a number from a parameter into all lanes.
func (w *writer) broadcast(param string, v vec) {
	w.op("FMOVS", w.arg(param), v)
	w.op("VDUP", fmt.Sprintf("V%d.S[0]", int(v)), fmt.Sprintf("V%d.S4", int(v)))
}

func (w *writer) zero(v vec) {
	all := fmt.Sprintf("V%d.B16", int(v))
	w.op("VEOR", all, all, all)
}
