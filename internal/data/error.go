package data

import (
	"errors"
	"io/fs"
)

// An Error is a fault in what the user gave: one line that names the file or
// flag, says what is wrong and what to do about it.
type Error struct {
	Where   string // file, folder or flag
	Problem string
	Remedy  string
}

func (e *Error) Error() string { return e.Where + ": " + e.Problem + "; " + e.Remedy }

// unreadable explains an error of the file system.
func unreadable(where string, err error) *Error {
	problem := err.Error()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		problem = "does not exist"
	case errors.Is(err, fs.ErrPermission):
		problem = "may not be read"
	}
	return &Error{where, problem, "check the path"}
}
