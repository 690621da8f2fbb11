//go:build ort

package ort

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"
)

// running is a model in the library.
type running struct {
	*library
	session       session
	input, output *unsafe.Pointer // names
}

// load creates the session and reads how its input and output are declared.
func (s *Session) load(path string, o Options) error {
	file, err := Find(o.Library)
	if err != nil {
		return err
	}
	lib, err := loadLibrary(file)
	if err != nil {
		return err
	}
	if o.Threads < 1 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	set, err := lib.settings(o)
	if err != nil {
		return err
	}
	defer lib.ReleaseSettings(set)
	m := &running{library: lib}
	name, err := nativePath(path)
	if err != nil {
		return err
	}
	if err := lib.check(lib.CreateSession(lib.env, name, set, &m.session)); err != nil {
		return s.wrong("%w", err)
	}
	s.model, s.Version, s.Library = m, lib.version, file
	if err := m.describe(s); err != nil {
		s.Close()
		return s.wrong("%w", err)
	}
	return nil
}

// describe fills in s.Input and s.Output.
func (m *running) describe(s *Session) error {
	var inputs uintptr
	if err := m.check(m.InputCount(m.session, &inputs)); err != nil {
		return err
	}
	if inputs != 1 {
		return fmt.Errorf("the model has %d inputs; want one, the image", inputs)
	}
	var err error
	if s.Input, err = m.value("input", m.InputName, m.InputType); err != nil {
		return err
	}
	if s.Output, err = m.value("output", m.OutputName, m.OutputType); err != nil {
		return err
	}
	m.input, m.output = cStrings(s.Input.Name), cStrings(s.Output.Name)
	return nil
}

// value is how the first input or output is declared.
func (m *running) value(what string, name func(session, uintptr, allocator, *unsafe.Pointer) status, kind func(session, uintptr, *typeInfo) status) (v Value, err error) {
	var text unsafe.Pointer
	if err := m.check(name(m.session, 0, m.strings, &text)); err != nil {
		return v, err
	}
	v.Name = goString(text)
	if err := m.check(m.AllocatorFree(m.strings, text)); err != nil {
		return v, err
	}
	var t typeInfo
	if err := m.check(kind(m.session, 0, &t)); err != nil {
		return v, err
	}
	defer m.ReleaseTypeInfo(t)
	var about shapeInfo // t's own
	if err := m.check(m.CastToTensor(t, &about)); err != nil {
		return v, err
	}
	if about == 0 {
		return v, fmt.Errorf("%s %s is no tensor; want one of float32", what, v.Name)
	}
	dims, err := m.shape(about)
	if err != nil {
		return v, fmt.Errorf("%s %s: %w", what, v.Name, err)
	}
	for _, d := range dims {
		v.Dims = append(v.Dims, int(d))
	}
	return v, nil
}

// shape reads the lengths of a float32 tensor.
func (m *running) shape(about shapeInfo) ([]int64, error) {
	var element int32
	if err := m.check(m.ElementType(about, &element)); err != nil {
		return nil, err
	}
	if element != float32Element {
		name := fmt.Sprintf("type %d", element)
		if element >= 0 && int(element) < len(elementNames) {
			name = elementNames[element]
		}
		return nil, fmt.Errorf("is of %s; export the model with float32 inputs and outputs", name)
	}
	var n uintptr
	if err := m.check(m.DimensionsCount(about, &n)); err != nil {
		return nil, err
	}
	dims := make([]int64, n)
	return dims, m.check(m.Dimensions(about, unsafe.SliceData(dims), n))
}

func (m *running) run(x tensor) (tensor, error) {
	// The library keeps the address of x's values beyond the call that it is given in.
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(unsafe.SliceData(x.pix))
	var in, out value
	if err := m.check(m.CreateTensor(m.memory, unsafe.Pointer(unsafe.SliceData(x.pix)), 4*uintptr(len(x.pix)),
		unsafe.SliceData(x.dims), uintptr(len(x.dims)), float32Element, &in)); err != nil {
		return tensor{}, err
	}
	defer m.ReleaseValue(in)
	if err := m.check(m.Run(m.session, 0, m.input, &in, 1, m.output, 1, &out)); err != nil {
		return tensor{}, err
	}
	defer m.ReleaseValue(out)
	return m.read(out)
}

// read copies a tensor.
func (m *running) read(v value) (t tensor, err error) {
	var about shapeInfo
	if err := m.check(m.TensorShape(v, &about)); err != nil {
		return t, err
	}
	defer m.ReleaseShapeInfo(about)
	if t.dims, err = m.shape(about); err != nil {
		return t, err
	}
	n := 1
	for _, d := range t.dims {
		n *= int(d)
	}
	var data unsafe.Pointer
	if err := m.check(m.TensorData(v, &data)); err != nil {
		return t, err
	}
	t.pix = slices.Clone(unsafe.Slice((*float32)(data), n))
	return t, nil
}

func (m *running) close() { m.ReleaseSession(m.session) }
