package bench

import "fmt"

// A UsageError is a mistake in what was asked for, found before any work was
// done: it names the flag or file, and the remedy.
type UsageError struct{ error }

func (e UsageError) Unwrap() error { return e.error }

func usage(format string, a ...any) error { return UsageError{fmt.Errorf(format, a...)} }
