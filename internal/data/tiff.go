package data

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
)

// TIFF tags (TIFF 6.0, 1992) that x/image/tiff passes over in silence.
const (
	tagSubfile      = 254 // bit 0: a reduced version of another page
	tagCompression  = 259 // 3, 4: facsimile
	tagPhotometric  = 262 // 1: black is zero
	tagDescription  = 270 // ImageJ writes "ImageJ=…\nimages=30\n"
	tagSamples      = 277
	tagPlanes       = 284 // 2: channel by channel
	tagSampleFormat = 339 // 1: unsigned, 2: signed, 3: float
)

// checkTIFF refuses the TIFFs that would be misread: stacks, of which the
// decoder gives the first page alone, channels stored one after the other, and
// signed or floating-point samples.
func checkTIFF(path string, file []byte) error {
	order := byteOrder(file)
	pages, announced := 0, 0
	seen := make(map[uint32]bool) // a chain may bite its tail
	for at := u32(order, file, 4); at != 0 && !seen[at] && pages < 10_000; {
		seen[at] = true
		tags, next, ok := readDirectory(order, file, at)
		if !ok {
			break // the decoder reports what is wrong with the first page
		}
		if tags[tagSubfile].value&1 == 0 {
			pages++
		}
		if len(seen) == 1 {
			switch {
			case tags[tagSampleFormat].value > 1 && tags[tagSampleFormat].value < 4:
				return &Error{path, "its samples are signed or floating-point", "save it as unsigned 8 or 16 bit"}
			case tags[tagPlanes].value == 2 && tags[tagSamples].value > 1:
				return &Error{path, "its channels are stored one after the other (planar)", "save it interleaved, or as PNG"}
			}
			announced = imagesAnnounced(file, tags[tagDescription])
		}
		at = next
	}
	if pages = max(pages, announced); pages > 1 {
		return &Error{path, fmt.Sprintf("is a stack of %d pages", pages), "save each page as a file of its own, as 'magick stack.tif page-%03d.tif' does"}
	}
	return nil
}

// invertedFax reports whether the decoder gives the negative: it takes the
// white runs of facsimile coding for white, even where the file says that they
// are zeros and zero is black. libtiff follows the file.
func invertedFax(file []byte) bool {
	order := byteOrder(file)
	tags, _, ok := readDirectory(order, file, u32(order, file, 4))
	c := tags[tagCompression].value
	return ok && (c == 3 || c == 4) && tags[tagPhotometric].value == 1
}

func byteOrder(file []byte) binary.ByteOrder {
	if file[0] == 'M' {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// A tag is one entry of a directory: its first value, and the offset and length
// of its bytes if they lie outside.
type tag struct{ value, length uint32 }

func readDirectory(order binary.ByteOrder, file []byte, at uint32) (tags map[uint16]tag, next uint32, ok bool) {
	if int64(at)+2 > int64(len(file)) {
		return nil, 0, false
	}
	n := int(order.Uint16(file[at:]))
	entries := file[at+2:]
	if len(entries) < 12*n {
		return nil, 0, false
	}
	tags = make(map[uint16]tag, n)
	for i := range n {
		e := entries[12*i:][:12]
		t := tag{value: order.Uint32(e[8:]), length: order.Uint32(e[4:])}
		if kind := order.Uint16(e[2:]); kind == 3 { // 16-bit values, left-justified
			t.value = uint32(order.Uint16(e[8:]))
			if t.length > 2 { // they lie elsewhere; the first is enough
				if at := int64(order.Uint32(e[8:])); at+2 <= int64(len(file)) {
					t.value = uint32(order.Uint16(file[at:]))
				}
			}
		}
		tags[order.Uint16(e)] = t
	}
	return tags, u32(order, entries, 12*n), true
}

// imagesAnnounced reads the number of slices that ImageJ notes in a description.
func imagesAnnounced(file []byte, description tag) int {
	from, to := int64(description.value), int64(description.value)+int64(description.length)
	if description.length <= 4 || to > int64(len(file)) {
		return 0
	}
	text := file[from:to]
	_, after, found := bytes.Cut(text, []byte("\nimages="))
	if !found || !bytes.HasPrefix(text, []byte("ImageJ=")) {
		return 0
	}
	digits, _, _ := bytes.Cut(after, []byte("\n"))
	n, _ := strconv.Atoi(string(digits))
	return n
}

// u32 reads 4 bytes, or 0 beyond the file's end.
func u32(order binary.ByteOrder, b []byte, at int) uint32 {
	if at+4 > len(b) {
		return 0
	}
	return order.Uint32(b[at:])
}
