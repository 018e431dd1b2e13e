//go:build unix

package integration

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func openFile(path string) string {
	return "other accounts can change the file and redirect your key; run: chmod go-w " + path
}

func openDir(dir string) string {
	return "other accounts can replace files in " + dir + " and redirect your key; move the file to another directory"
}

// TestMain keeps the group from writing to the directories of tests, regardless of the umask under which they run.
func TestMain(m *testing.M) {
	syscall.Umask(0o022)
	os.Exit(m.Run())
}

func TestIntegrationFileModes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		file, dir, over fs.FileMode
		want            func(path string) string
	}{
		{"ours alone", 0o600, 0o700, 0o700, nil},
		{"others read", 0o644, 0o755, 0o755, nil},
		{"group writes", 0o664, 0o755, 0o755, openFile},
		{"others write", 0o646, 0o755, 0o755, openFile},
		{"a directory of everybody", 0o644, 0o777, 0o755,
			func(path string) string { return openDir(filepath.Dir(path)) }},
		{"a directory of the group", 0o644, 0o775, 0o755,
			func(path string) string { return openDir(filepath.Dir(path)) }},
		{"a directory of the group above", 0o644, 0o755, 0o775,
			func(path string) string { return openDir(filepath.Dir(filepath.Dir(path))) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, "name = 'X'"+onePermission)
			dir := filepath.Dir(path)
			chmod(t, path, tt.file)
			chmod(t, dir, tt.dir)
			chmod(t, filepath.Dir(dir), tt.over)
			want := ""
			if tt.want != nil {
				want = tt.want(path)
			}
			_, err := Load(path)
			checkRefused(t, err, path, want)
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
	case want != "" && (err == nil || said(err) != path+": "+want):
		t.Errorf("got  %s\nwant %s: %s", said(err), path, want)
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
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(link)} {
		chmod(t, dir, 0o777)
		_, err = Load(link)
		checkRefused(t, err, link, openDir(dir))
		chmod(t, dir, 0o700)
	}
}

// TestIntegrationFileIsAPipe would wait for ever if the pipe were opened. A person who names a device needs no chmod.
func TestIntegrationFileIsAPipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{path, os.DevNull} {
		_, err := Load(path)
		checkRefused(t, err, path, "this is not a regular file; name the integration file itself")
	}
}
