package main

import "fmt"

// A vec is a vector register.
type vec int

func (v vec) String() string { return fmt.Sprint("F", int(v)) }

// bits is the whole register.
func bits(v vec) string { return fmt.Sprintf("V%d.B16", int(v)) }

// lanes is how many numbers of a vector register an instruction works on: 4, 2
// or 1. The rounding is the same for each.
type lanes int

func (l lanes) bytes() int { return 4 * int(l) }

// move is the name of the instruction that loads and stores.
func (l lanes) move() string { return map[lanes]string{4: "FMOVQ", 2: "FMOVD", 1: "FMOVS"}[l] }

// form is Arm's name of a register.
func (l lanes) form(v vec) string {
	if l == 1 {
		return fmt.Sprint("S", int(v))
	}
	return fmt.Sprintf("V%d.%dS", int(v), int(l))
}

// codes are those of an instruction on 4, 2 and 1 lanes with all registers 0
// (Arm Architecture Reference Manual, C7.2).
type codes map[lanes]uint32

var (
	// fmlaElement multiplies by lane 0 of its last register.
	fmlaElement = codes{4: 0x4f801000, 2: 0x0f801000, 1: 0x5f801000}
	fcmgtZero   = codes{4: 0x4ea0c800, 1: 0x5ea0c800}

	arithmetic = map[string]codes{
		"FADD": {4: 0x4e20d400, 1: 0x1e202800},
		"FMUL": {4: 0x6e20dc00, 1: 0x1e200800},
		"FMAX": {4: 0x4e20f400, 2: 0x0e20f400, 1: 0x1e204800},
		"FMLA": {4: 0x4e20cc00},
	}
)

// code is the code for one number of lanes.
func (c codes) code(l lanes) uint32 {
	code, ok := c[l]
	if !ok {
		panic(fmt.Sprint("no such instruction for lanes: ", l))
	}
	return code
}

// three writes an instruction of three registers, d = n op m, in Arm's order.
func (w *writer) three(name string, l lanes, d, n, m vec) {
	w.word(arithmetic[name].code(l)|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s %s, %s, %s", name, l.form(d), l.form(n), l.form(m))
}

// multiplyAdd adds x times the first lane of a to sum, rounding once.
func (w *writer) multiplyAdd(l lanes, sum, x, a vec) {
	w.word(fmlaElement.code(l)|uint32(a)<<16|uint32(x)<<5|uint32(sum),
		"FMLA %s, %s, V%d.S[0]", l.form(sum), l.form(x), int(a))
}

// positive sets the lanes where v > 0 to ones, the others, NaNs too, to zeros.
func (w *writer) positive(l lanes, v vec) {
	w.word(fcmgtZero.code(l)|uint32(v)<<5|uint32(v), "FCMGT %s, %s, #0.0", l.form(v), l.form(v))
}

// vectors loads or stores neighbouring vectors, two by two where they are whole.
func (w *writer) vectors(l lanes, memory reg, disp int, store bool, v ...vec) {
	for i := 0; i < len(v); i++ {
		at, name, regs := memory.at(disp+i*l.bytes()), l.move(), v[i].String()
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

func (w *writer) zero(v vec) { w.op("VEOR", bits(v), bits(v), bits(v)) }
