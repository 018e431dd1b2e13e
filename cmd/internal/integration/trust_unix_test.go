//go:build unix

package integration

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

const (
	openFile = "others can write to the file, and could redirect the key; run chmod go-w on it"
	openDir  = "everybody can replace files in its directory, and could redirect the key; move the file elsewhere"
)

func TestIntegrationFileModes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		file, dir fs.FileMode
		want      string
	}{
		{"ours alone", 0o600, 0o700, ""},
		{"others read", 0o644, 0o755, ""},
		{"group writes", 0o664, 0o755, openFile},
		{"others write", 0o646, 0o755, openFile},
		{"a directory of everybody", 0o644, 0o777, openDir},
		{"a sticky directory of everybody", 0o644, fs.ModeSticky | 0o777, ""},
		{"a directory of the group", 0o644, 0o775, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, "name = 'X'"+onePermission)
			chmod(t, path, tt.file)
			chmod(t, filepath.Dir(path), tt.dir)
			_, err := Load(path)
			checkRefused(t, err, path, tt.want)
		})
	}
}

func chmod(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func checkRefused(t *testing.T, err error, path, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Error(err)
	case want != "" && (err == nil || err.Error() != path+": "+want):
		t.Errorf("got  %v\nwant %s: %s", err, path, want)
	}
}

// TestIntegrationFileByLink: a link may lead to the file, and both places must be safe.
func TestIntegrationFileByLink(t *testing.T) {
	t.Parallel()
	path := write(t, "name = 'X'"+onePermission)
	link := filepath.Join(t.TempDir(), "link.toml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	_, err := Load(link)
	checkRefused(t, err, link, "")
	chmod(t, filepath.Dir(path), 0o777)
	_, err = Load(link)
	checkRefused(t, err, link, openDir)
	chmod(t, filepath.Dir(path), 0o700)
	chmod(t, filepath.Dir(link), 0o777)
	_, err = Load(link)
	checkRefused(t, err, link, openDir)
}

// TestIntegrationFileIsAPipe would wait for ever if the pipe were opened.
func TestIntegrationFileIsAPipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	checkRefused(t, err, path, "this is not a regular file; name the integration file itself")
}

// ownedInfo lets a test give a file any owner.
type ownedInfo struct {
	fs.FileInfo
	uid uint32
}

func (i ownedInfo) Mode() fs.FileMode { return 0o644 }
func (i ownedInfo) Sys() any          { return &syscall.Stat_t{Uid: i.uid} }

func TestIntegrationFileOwner(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		owner uint32
		euid  int
		ok    bool
	}{{0, 0, true}, {0, 1000, true}, {1000, 1000, true}, {1001, 1000, false}, {1000, 0, false}} {
		if err := checkTrusted(ownedInfo{uid: tt.owner}, tt.euid); (err == nil) != tt.ok {
			t.Errorf("file of %d, read by %d: %v", tt.owner, tt.euid, err)
		}
	}
}
