// Package npy reads and writes float32 arrays as NumPy's .npy files, format
// version 1 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// An Array is C-contiguous: the last axis varies fastest.
type Array struct {
	Dims []int
	Pix  []float32
}

const (
	magic  = "\x93NUMPY\x01\x00"
	header = len(magic) + 2 // and the length of the description
	align  = 64
)

var (
	order = regexp.MustCompile(`'fortran_order': *False`)
	descr = regexp.MustCompile(`'descr': *'(<f4|<f8)'`)
	shape = regexp.MustCompile(`'shape': *\(([0-9, ]*)\)`)
)

// Read reads a file of float32 or float64 (which are rounded).
func Read(path string) (*Array, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	a, err := Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// Decode reads a file's content.
func Decode(file []byte) (*Array, error) {
	if len(file) < header || string(file[:len(magic)]) != magic {
		return nil, errors.New("is no .npy file of version 1; save it with numpy.save")
	}
	n := int(binary.LittleEndian.Uint16(file[len(magic):]))
	if len(file) < header+n {
		return nil, errors.New("is truncated; copy it again")
	}
	text, pix := string(file[header:header+n]), file[header+n:]
	kind, dims := descr.FindStringSubmatch(text), shape.FindStringSubmatch(text)
	if kind == nil || dims == nil || !order.MatchString(text) {
		return nil, fmt.Errorf("is described as %q; save it as numpy.ascontiguousarray(x, 'float32')", strings.TrimSpace(text))
	}
	a := &Array{}
	size := int(kind[1][2] - '0')
	values := len(pix) / size
	want := 1
	for _, d := range strings.Split(dims[1], ",") {
		if d = strings.TrimSpace(d); d == "" {
			continue
		}
		side, err := strconv.Atoi(d)
		if err != nil {
			return nil, fmt.Errorf("has shape (%s); copy it again", dims[1])
		}
		a.Dims = append(a.Dims, side)
		if side > 0 && want > values/side {
			want = values + 1 // too many, and so it stays: their product might overflow
		} else {
			want *= side
		}
	}
	if want != values || len(pix)%size != 0 {
		return nil, fmt.Errorf("has %d values, not those of shape (%s); copy it again", values, dims[1])
	}
	a.Pix = make([]float32, values)
	for i := range a.Pix {
		if size == 4 {
			a.Pix[i] = math.Float32frombits(binary.LittleEndian.Uint32(pix[4*i:]))
		} else {
			a.Pix[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(pix[8*i:])))
		}
	}
	return a, nil
}

// Encode writes a as little-endian float32.
func (a *Array) Encode(w io.Writer) error {
	var dims strings.Builder
	want := 1
	for _, d := range a.Dims {
		fmt.Fprintf(&dims, "%d, ", d)
		want *= d
	}
	if want != len(a.Pix) {
		return fmt.Errorf("%d values for shape %v", len(a.Pix), a.Dims)
	}
	about := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", strings.TrimSuffix(dims.String(), " "))
	about += strings.Repeat(" ", align-1-(header+len(about))%align) + "\n"
	var b bytes.Buffer
	b.WriteString(magic)
	b.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(about))))
	b.WriteString(about)
	for _, v := range a.Pix {
		b.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
	}
	_, err := w.Write(b.Bytes())
	return err
}
