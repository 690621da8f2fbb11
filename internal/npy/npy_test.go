package npy

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRoundTrip: what is written is read again, whatever the shape.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := &Array{Dims: rapid.SliceOfN(rapid.IntRange(0, 5), 0, 5).Draw(t, "dims")}
		n := 1
		for _, d := range a.Dims {
			n *= d
		}
		a.Pix = rapid.SliceOfN(rapid.Float32(), n, n).Draw(t, "pix")
		var b bytes.Buffer
		if err := a.Encode(&b); err != nil {
			t.Fatal(err)
		}
		if start := b.Len() - 4*n; start%align != 0 {
			t.Fatalf("values begin at byte %d: not aligned", start)
		}
		got, err := Decode(b.Bytes())
		if err != nil || !slices.Equal(got.Dims, a.Dims) || !slices.Equal(got.Pix, a.Pix) {
			t.Fatalf("%v, %v became %v", err, a, got)
		}
	})
}

// described is a file with that description and so many bytes of values.
func described(text string, values int) []byte {
	return slices.Concat([]byte(magic), []byte{byte(len(text)), 0}, []byte(text), make([]byte, values))
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "no .npy file", nil},
		{"cut off", "truncated", described("{}", 0)[:11]},
		{"column by column", "ascontiguousarray", described("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", 4)},
		{"of integers", "float32", described("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", 4)},
		{"too short", "has 1 values", described("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4)},
		{"overflowing", "has 4 values", described("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967297), }", 16)},
	} {
		if _, err := Decode(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
	if err := (&Array{Dims: []int{2}, Pix: []float32{1}}).Encode(&bytes.Buffer{}); err == nil {
		t.Error("an array that is not of its shape is written")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(described("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", 16))
	f.Add(described("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := Decode(file)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := a.Encode(&b); err != nil {
			t.Fatalf("%v does not fit its shape: %v", a, err)
		}
	})
}
