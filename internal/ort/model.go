//go:build ort

package ort

import (
	"errors"
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
	if err := m.describe(s, o.Output); err != nil {
		s.Close()
		return s.wrong("%w", err)
	}
	return nil
}

// describe fills in s.Input and s.Output, which is called output.
func (m *running) describe(s *Session, output string) error {
	inputs, err := m.ports(m.InputCount, m.InputName)
	if err != nil {
		return err
	}
	outputs, err := m.ports(m.OutputCount, m.OutputName)
	if err != nil {
		return err
	}
	if len(inputs) != 1 {
		return fmt.Errorf("the model has %d inputs %q; want one, the image", len(inputs), inputs)
	}
	at := 0
	if output != "" {
		if at = slices.Index(outputs, output); at < 0 {
			return fmt.Errorf("the model has no output %q for ONNX Runtime to give; it has %q", output, outputs)
		}
	}
	s.Input.Name, s.Output.Name = inputs[0], outputs[at]
	m.input, m.output = cStrings(inputs[0]), cStrings(outputs[at])
	if s.Input.Dims, err = m.dims(m.InputType, 0); err != nil {
		return fmt.Errorf("input %s: %w", s.Input.Name, err)
	}
	if s.Output.Dims, err = m.dims(m.OutputType, at); err != nil {
		return fmt.Errorf("output %s: %w", s.Output.Name, err)
	}
	return nil
}

// ports are the names of the model's inputs or outputs.
func (m *running) ports(count func(session, *uintptr) status, name func(session, uintptr, allocator, *unsafe.Pointer) status) (names []string, err error) {
	var n uintptr
	if err := m.check(count(m.session, &n)); err != nil {
		return nil, err
	}
	for i := range n {
		var text unsafe.Pointer
		if err := m.check(name(m.session, i, m.strings, &text)); err != nil {
			return nil, err
		}
		names = append(names, goString(text))
		if err := m.check(m.AllocatorFree(m.strings, text)); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// dims are the declared lengths of an input or output.
func (m *running) dims(kind func(session, uintptr, *typeInfo) status, at int) (dims []int, err error) {
	var t typeInfo
	if err := m.check(kind(m.session, uintptr(at), &t)); err != nil {
		return nil, err
	}
	defer m.ReleaseTypeInfo(t)
	var about shapeInfo // t's own
	if err := m.check(m.CastToTensor(t, &about)); err != nil {
		return nil, err
	}
	if about == 0 {
		return nil, errors.New("is no tensor; want one of float32")
	}
	declared, err := m.shape(about)
	for _, d := range declared {
		dims = append(dims, int(d))
	}
	return dims, err
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
