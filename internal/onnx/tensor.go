package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// External returns length bytes from offset on of a file beside the model; a
// length of -1 is all of it.
type External func(location string, offset, length int64) ([]byte, error)

// Beside reads external data from files in a folder, and from nowhere else.
func Beside(folder string) External {
	return func(location string, offset, length int64) ([]byte, error) {
		root, err := os.OpenRoot(folder)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		f, err := root.Open(filepath.FromSlash(location))
		if err != nil {
			return nil, fmt.Errorf("external data: %w; put the file beside the model", err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if length < 0 {
			length = info.Size() - offset
		}
		if offset < 0 || length < 0 || offset > info.Size()-length {
			return nil, fmt.Errorf("external data: %s has %d bytes, not %d from %d on", location, info.Size(), length, offset)
		}
		b := make([]byte, length)
		_, err = f.ReadAt(b, offset)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return b, err
	}
}

// Len is the number of elements that the dims ask for.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.Dims {
		n *= d
	}
	return n
}

// maxElements bounds what a tensor may ask for; products of dims stay exact.
const maxElements = 1 << 33

func (d decoder) tensor(b []byte) (Tensor, error) {
	var t Tensor
	var raw []byte
	external, isRaw := map[string]string{}, false
	outside := false
	var typed []uint64 // of float_data, int32_data, int64_data, …
	var typedAs protowire.Number
	err := fields(b, func(x field) error {
		wire := protowire.VarintType
		switch x.num {
		case 1:
			return x.packed(protowire.VarintType, func(v uint64) { t.Dims = append(t.Dims, int(int64(v))) })
		case 2:
			t.Type = ElementType(x.number)
		case 8:
			t.Name = string(x.bytes)
		case 9:
			raw, isRaw = x.bytes, true
		case 4:
			wire = protowire.Fixed32Type
			fallthrough
		case 5, 7, 11:
			typedAs = x.num
			return x.packed(wire, func(v uint64) { typed = append(typed, v) })
		case 10:
			typedAs = x.num
			return x.packed(protowire.Fixed64Type, func(v uint64) { typed = append(typed, v) })
		case 13:
			return entry(x.bytes, external)
		case 14:
			outside = x.number == 1
		}
		return nil
	})
	if err != nil {
		return t, err
	}
	n := 1
	for _, s := range t.Dims {
		if s < 0 || s > maxElements || n*max(s, 1) > maxElements {
			return t, fmt.Errorf("tensor %q has dims %v", t.Name, t.Dims)
		}
		n *= s
	}
	if outside {
		if d.open == nil {
			return t, fmt.Errorf("tensor %q lies in another file, %s", t.Name, external["location"])
		}
		offset, length := int64(0), int64(-1)
		if s := external["offset"]; s != "" {
			if offset, err = strconv.ParseInt(s, 10, 64); err != nil {
				return t, err
			}
		}
		if s := external["length"]; s != "" {
			if length, err = strconv.ParseInt(s, 10, 64); err != nil {
				return t, err
			}
		}
		if raw, err = d.open(external["location"], offset, length); err != nil {
			return t, err
		}
		isRaw = true
	}
	if isRaw {
		err = t.raw(raw, n)
	} else {
		err = t.typed(typed, typedAs, n)
	}
	return t, err
}

func float(bits uint64) float32 { return math.Float32frombits(uint32(bits)) }

// sizes are the bytes of an element.
var sizes = map[ElementType]int{Float32: 4, Uint8: 1, Int8: 1, Uint16: 2, Int16: 2, Int32: 4, Int64: 8, Bool: 1,
	Float16: 2, Float64: 8, Uint32: 4, Uint64: 8, BFloat16: 2}

// raw takes the elements from little-endian bytes.
func (t *Tensor) raw(b []byte, n int) error {
	size, ok := sizes[t.Type]
	if !ok {
		return fmt.Errorf("tensor %q has elements of type %d, which no network of convolutions needs", t.Name, t.Type)
	}
	if len(b) != n*size {
		return fmt.Errorf("tensor %q of dims %v has %d bytes, want %d", t.Name, t.Dims, len(b), n*size)
	}
	t.allot(n)
	for i := range n {
		e := b[i*size:]
		var v uint64
		switch size {
		case 1:
			v = uint64(e[0])
		case 2:
			v = uint64(binary.LittleEndian.Uint16(e))
		case 4:
			v = uint64(binary.LittleEndian.Uint32(e))
		case 8:
			v = binary.LittleEndian.Uint64(e)
		}
		t.set(i, v)
	}
	return nil
}

// typed takes the elements from the repeated field of that number.
func (t *Tensor) typed(v []uint64, as protowire.Number, n int) error {
	if _, ok := sizes[t.Type]; !ok {
		return fmt.Errorf("tensor %q has elements of type %d, which no network of convolutions needs", t.Name, t.Type)
	}
	if len(v) != n {
		return fmt.Errorf("tensor %q of dims %v has %d elements, want %d", t.Name, t.Dims, len(v), n)
	}
	t.allot(n)
	for i, x := range v {
		t.set(i, x)
	}
	return nil
}

func (t *Tensor) isFloat() bool {
	return t.Type == Float32 || t.Type == Float64 || t.Type == Float16 || t.Type == BFloat16
}

func (t *Tensor) allot(n int) {
	if t.isFloat() {
		t.Floats = make([]float32, n)
	} else {
		t.Ints = make([]int64, n)
	}
}

// set sets element i from its bits.
func (t *Tensor) set(i int, v uint64) {
	switch t.Type {
	case Float32:
		t.Floats[i] = float(v)
	case Float64:
		t.Floats[i] = float32(math.Float64frombits(v))
	case Float16:
		t.Floats[i] = half(uint16(v))
	case BFloat16:
		t.Floats[i] = float(v << 16)
	case Int8:
		t.Ints[i] = int64(int8(v))
	case Int16:
		t.Ints[i] = int64(int16(v))
	case Int32:
		t.Ints[i] = int64(int32(v))
	default:
		t.Ints[i] = int64(v)
	}
}

// half converts IEEE 754 binary16.
func half(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, int(h>>10&31), uint32(h&0x3ff)
	switch exp {
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	case 0:
		v := float32(frac) / (1 << 24)
		if sign != 0 {
			v = -v
		}
		return v
	}
	return math.Float32frombits(sign | uint32(exp+112)<<23 | frac<<13)
}
