package main

import (
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// about says where and when figures were taken.
type about struct {
	Date     string            `json:"date"`
	Machine  string            `json:"machine"` // the model of its processor
	Cores    int               `json:"cores"`
	Kernel   string            `json:"kernel"`
	Go       string            `json:"go"`
	Versions map[string]string `json:"versions"` // of the peers that were not built here

	LoadBefore string `json:"load_before"`
	LoadAfter  string `json:"load_after"`
}

func machine(versions map[string]string) about {
	return about{
		Date: time.Now().Format("2 January 2006"), Machine: processor(), Cores: runtime.NumCPU(), Kernel: kernel(),
		Go: runtime.Version(), Versions: versions, LoadBefore: load(),
	}
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	_, model, _ := strings.Cut(string(text), "model name\t: ")
	model, _, _ = strings.Cut(model, "\n")
	if model == "" {
		return runtime.GOARCH // as on others than x86
	}
	return model
}

// kernel returns its name and version. What builders add to the version names their machines.
func kernel() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return runtime.GOOS
	}
	version, _, _ := strings.Cut(unix.ByteSliceToString(name.Release[:]), "-")
	return unix.ByteSliceToString(name.Sysname[:]) + " " + version
}

func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	now, _, _ := strings.Cut(string(text), " ")
	return now
}
