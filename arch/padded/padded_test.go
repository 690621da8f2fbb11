package padded_test

import (
	"testing"

	"unetbench/arch/archtest"
	"unetbench/arch/padded"
)

func TestArch(t *testing.T) { archtest.Run(t, padded.Arch) }
